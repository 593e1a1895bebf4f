"""Exact results for the optimum of the pseudo-likelihood on random patterns."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from plmemory.theory import fixed_norm, stabilities
from plmemory.theory.distribution import StabilityDistribution


def stability_distribution(attributes: Mapping[str, Any]) -> StabilityDistribution | None:
    """The distribution at the load ``alpha``, at fixed ``b`` or with ``l2`` > 0.

    None for tied couplings, and for diluted ones, which have few inputs.
    """
    if attributes["symmetric"] or "connectivity" in attributes:
        return None
    if math.isfinite(attributes["b"]):
        return fixed_norm.pseudo_likelihood(attributes["alpha"], attributes["b"])
    if attributes["l2"] > 0:
        decay = attributes["l2"] / attributes["inverse_temperature"]
        return fixed_norm.pseudo_likelihood_l2(attributes["alpha"], decay)
    return None


def capacity(attributes: Mapping[str, Any]) -> float:
    """Gardner's capacity for independent rows, the limit of large norms.

    A row of bounded norm leaves some sites unstable at any load, so it has no capacity (NaN).
    """
    bounded = math.isfinite(attributes["b"]) or attributes["l2"] > 0
    unknown = attributes["symmetric"] or "connectivity" in attributes
    return math.nan if unknown or bounded else stabilities.CAPACITY
