"""The exact stability distribution that belongs to a measured result, where one is known."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from plmemory.theory import fixed_norm, stabilities
from plmemory.theory.distribution import StabilityDistribution

LOADS = 41  # of a line of theory from the smallest to the largest measured load


def lines(results: Sequence[xr.Dataset]) -> Iterator[tuple[dict[str, Any], StabilityDistribution]]:
    """Theory between the measured loads, for lines.

    Yields, for each rule that has a theory, its columns (rule, alpha, b) and its distribution.
    """
    for rule in dict.fromkeys(result.attrs["rule"] for result in results):
        measured = [result.attrs for result in results if result.attrs["rule"] == rule]
        loads = [attributes["alpha"] for attributes in measured]
        for alpha in np.linspace(min(loads), max(loads), LOADS).tolist():
            exact = distribution(measured[0] | {"alpha": alpha})
            if exact is not None and alpha not in loads:
                yield {"rule": rule, "alpha": alpha, "b": measured[0]["b"]}, exact


def distribution(attributes: Mapping[str, Any]) -> StabilityDistribution | None:
    """The distribution for N to infinity of a result's rule and load, its attributes, or None.

    Known for rules whose rows are independent: symmetric couplings have no such theory here,
    nor have Storkey's rule, unlearning and trainings that stop at a finite time.
    """
    method, alpha = attributes["method"], attributes["alpha"]
    if attributes["symmetric"]:
        return None
    if method == "hebb":
        return stabilities.hebb(alpha)
    if method == "pseudo_inverse" and alpha < 1:
        return stabilities.pseudo_inverse(alpha)
    if method == "maximum_stability" and alpha < stabilities.CAPACITY:
        return stabilities.maximum_stability(alpha)
    if method == "pseudo_likelihood_optimum" and math.isfinite(attributes["b"]):
        return fixed_norm.pseudo_likelihood(alpha, attributes["b"])
    if method == "pseudo_likelihood_optimum" and attributes["l2"] > 0:
        decay = attributes["l2"] / attributes["inverse_temperature"]
        return fixed_norm.pseudo_likelihood_l2(alpha, decay)
    return None
