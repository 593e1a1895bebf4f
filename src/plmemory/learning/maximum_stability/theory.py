"""Exact results for maximum stability on random patterns, whose rows are independent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from plmemory.theory import stabilities
from plmemory.theory.distribution import StabilityDistribution


def stability_distribution(attributes: Mapping[str, Any]) -> StabilityDistribution | None:
    """The distribution at the load ``alpha``; None for tied couplings and from the capacity on."""
    known = not attributes["symmetric"] and attributes["alpha"] < stabilities.CAPACITY
    return stabilities.maximum_stability(attributes["alpha"]) if known else None


def capacity(attributes: Mapping[str, Any]) -> float:
    """Gardner's capacity for independent rows; NaN for tied couplings."""
    return math.nan if attributes["symmetric"] else stabilities.CAPACITY
