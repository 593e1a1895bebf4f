"""Exact results for Hebb's rule on random patterns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plmemory.theory import stabilities
from plmemory.theory.distribution import StabilityDistribution
from plmemory.theory.hopfield import hopfield_capacity, hopfield_overlap, hopfield_overlap_at


def stability_distribution(attributes: Mapping[str, Any]) -> StabilityDistribution:
    """The distribution at the load ``alpha``."""
    return stabilities.hebb(attributes["alpha"])


def capacity(attributes: Mapping[str, Any]) -> float:
    """The load at which retrieval ends (Amit, Gutfreund & Sompolinsky 1987)."""
    return hopfield_capacity()[0]


def retrieval_overlap(alpha: float) -> float:
    """Overlap of the retrieval state at zero temperature, 0 beyond the capacity."""
    return hopfield_overlap(alpha)


def retrieval_overlap_at(alpha: float, temperature: float) -> float:
    """The same at a temperature in units of the fields."""
    return hopfield_overlap_at(alpha, temperature)
