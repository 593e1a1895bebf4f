"""Replica theory of the soft margin on random patterns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plmemory.theory.distribution import StabilityDistribution
from plmemory.theory.hinge import soft_margin


def stability_distribution(attributes: Mapping[str, Any]) -> StabilityDistribution | None:
    """The exact distribution at ``alpha`` and ``margin``; None for a minimum inside the ball."""
    return soft_margin(attributes["alpha"], attributes["margin"])
