"""Exact stabilities of dreaming on random patterns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plmemory.theory.distribution import StabilityDistribution
from plmemory.theory.ridge import dreaming


def stability_distribution(attributes: Mapping[str, Any]) -> StabilityDistribution | None:
    """The exact distribution at the load ``alpha`` and ``dreaming_time``."""
    return dreaming(attributes["alpha"], attributes["dreaming_time"])
