"""Stabilities of ridge regression on random patterns, which is the dreaming rule.

Row i of the couplings after the dreaming time t is a multiple of the minimum of
sum_mu (1 - xi_i h_i)^2 + (N / t) |J_i|^2. On the sphere that is the quadratic loss
(k - Delta)^2 / 2, k = 1 / |J_i|, of ``optimum``, with the multiplier 1 / t. Delta*(z) is linear
and both equations are explicit:

    chi / t + alpha chi / (1 + chi) = 1,   alpha (1 + k^2) chi^2 = (1 + chi)^2.

chi / t is the trace of (1 + t X^T X / N)^-1 / N, the Stieltjes transform of the Marchenko-Pastur
law.
"""

from __future__ import annotations

import numpy as np

from plmemory.errors import InputError
from plmemory.theory.distribution import REACH, StabilityDistribution, normal_density
from plmemory.theory.stabilities import hebb


def dreaming(alpha: float, dreaming_time: float) -> StabilityDistribution:
    """Gaussian stabilities after ``dreaming_time`` at load ``alpha``.

    Raises InputError if the load is not positive or the time negative, or either not finite.
    """
    if not 0 <= dreaming_time < np.inf:
        raise InputError(
            f"dreaming_time: found {dreaming_time}, expected zero or a positive number"
        )
    if dreaming_time == 0:
        return hebb(alpha)
    if not 0 < alpha < np.inf:
        raise InputError(f"alpha: found {alpha}, expected a positive load")
    chi = response(alpha, dreaming_time)
    target = np.sqrt(((1 + chi) / chi) ** 2 / alpha - 1)
    mean, std = chi * target / (1 + chi), 1 / (1 + chi)
    return StabilityDistribution(
        stability=lambda z: mean + std * z,
        gaussian=lambda x: (x - mean) / std,
        density=lambda x: normal_density((x - mean) / std) / std,
        panels=mean + std * np.arange(-REACH, REACH + 1),
    )


def response(alpha: float, dreaming_time: float) -> float:
    """chi: the positive root of chi^2 + (1 + (alpha - 1) t) chi = t."""
    half = (1 + (alpha - 1) * dreaming_time) / 2
    root = np.sqrt(half**2 + dreaming_time)
    # The form without cancellation.
    return float(dreaming_time / (half + root) if half > 0 else root - half)
