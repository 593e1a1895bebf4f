"""Exact results for the pseudo-inverse on random patterns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plmemory.theory import stabilities
from plmemory.theory.distribution import StabilityDistribution

CAPACITY = 1.0


def stability_distribution(attributes: Mapping[str, Any]) -> StabilityDistribution | None:
    """The distribution at the load ``alpha``; None from the capacity on."""
    alpha = attributes["alpha"]
    return stabilities.pseudo_inverse(alpha) if alpha < CAPACITY else None


def capacity(attributes: Mapping[str, Any]) -> float:
    """The load from which the patterns span all sites."""
    return CAPACITY
