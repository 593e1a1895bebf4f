"""The exact stability distribution that belongs to a measured result, where one is known."""

from __future__ import annotations

import math

import xarray as xr

from plmemory.theory import fixed_norm, stabilities
from plmemory.theory.distribution import StabilityDistribution


def distribution(result: xr.Dataset) -> StabilityDistribution | None:
    """The distribution for N to infinity of the rule and load of ``result``, or None.

    Known for rules whose rows are independent: symmetric couplings have no such theory here,
    nor have Storkey's rule, unlearning and trainings that stop at a finite time.
    """
    method, alpha = result.attrs["method"], result.attrs["alpha"]
    if result.attrs["symmetric"]:
        return None
    if method == "hebb":
        return stabilities.hebb(alpha)
    if method == "pseudo_inverse" and alpha < 1:
        return stabilities.pseudo_inverse(alpha)
    if method == "maximum_stability" and alpha < stabilities.CAPACITY:
        return stabilities.maximum_stability(alpha)
    if method == "pseudo_likelihood_optimum" and math.isfinite(result.attrs["b"]):
        return fixed_norm.pseudo_likelihood(alpha, result.attrs["b"])
    if method == "pseudo_likelihood_optimum" and result.attrs["l2"] > 0:
        decay = result.attrs["l2"] / result.attrs["inverse_temperature"]
        return fixed_norm.pseudo_likelihood_l2(alpha, decay)
    return None
