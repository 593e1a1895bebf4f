"""Replica theory of minimum probability flow on random patterns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plmemory.theory.distribution import StabilityDistribution
from plmemory.theory.losses import exponential
from plmemory.theory.optimum import optimum


def stability_distribution(attributes: Mapping[str, Any]) -> StabilityDistribution | None:
    """The exact distribution at ``alpha`` and ``scaled_norm``; None beyond the free optimum."""
    return optimum(attributes["alpha"], exponential(attributes["scaled_norm"]))
