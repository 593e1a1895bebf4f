"""Replica theory of the squared hinge on random patterns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plmemory.theory.distribution import StabilityDistribution
from plmemory.theory.hinge import has_margin
from plmemory.theory.losses import squared_hinge
from plmemory.theory.optimum import optimum
from plmemory.theory.stabilities import maximum_stability


def stability_distribution(attributes: Mapping[str, Any]) -> StabilityDistribution | None:
    """The exact distribution at ``alpha`` and ``margin``; None for a minimum inside the ball."""
    alpha, margin = attributes["alpha"], attributes["margin"]
    if has_margin(alpha, margin):
        return maximum_stability(alpha)
    return optimum(alpha, squared_hinge(margin))
