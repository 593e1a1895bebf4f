"""Stability distributions of the learning rules on random patterns, N to infinity.

Stability Delta_i^mu = xi_i^mu h_i^mu / |J_i|, load alpha = P/N, couplings without
self-couplings, patterns of independent +1/-1.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from plmemory.errors import InputError
from plmemory.theory.distribution import REACH, StabilityDistribution, normal_density

CAPACITY = 2.0  # largest load that linear rows without errors can store (Cover; Gardner 1988)


def hebb(alpha: float) -> StabilityDistribution:
    """Hebb's rule: Gaussian stabilities of mean 1/sqrt(alpha) and unit width.

    The signal is 1 and the crosstalk of the other patterns has the variance alpha, which is
    also the squared norm of a row (with J_ij = sum_mu xi_i xi_j / N).

    Raises
    ------
    InputError
        If the load is not positive.
    """
    _require("alpha", alpha, alpha > 0, "a positive load")
    mean = 1 / np.sqrt(alpha)
    return StabilityDistribution(
        stability=lambda z: z + mean,
        gaussian=lambda x: x - mean,
        density=lambda x: normal_density(x - mean),
        panels=np.array([mean - REACH, mean + REACH]),
    )


def pseudo_inverse(alpha: float) -> StabilityDistribution:
    """Pseudo-inverse without its diagonal: every stability is sqrt((1 - alpha) / alpha).

    The projector onto the patterns has the diagonal alpha and rows of squared norm alpha
    (Personnaz, Guyon & Dreyfus 1985; Kanter & Sompolinsky 1987). Needs alpha < 1.

    Raises
    ------
    InputError
        If the load is not between 0 and 1.
    """
    _require("alpha", alpha, 0 < alpha < 1, "a load between 0 and 1")
    kappa = np.sqrt((1 - alpha) / alpha)
    return StabilityDistribution(
        stability=lambda z: np.full(np.shape(z), kappa),
        gaussian=lambda x: np.where(x < kappa, -np.inf, np.inf),
        density=lambda x: np.zeros(np.shape(x)),
        panels=np.empty(0),
        atom=float(kappa),
        atom_mass=1.0,
    )


def gardner_stability(alpha: float) -> float:
    """Largest stability kappa that all patterns can have (Gardner 1988).

    Solves alpha E[(kappa - z)^2; z < kappa] = 1, which for a Gaussian z is
    (1 + kappa^2) Phi(kappa) + kappa phi(kappa) = 1/alpha. Needs alpha <= 2.

    Raises
    ------
    InputError
        If the load is not positive or above 2.
    """
    _require("alpha", alpha, 0 < alpha <= CAPACITY, "a load of at most 2")

    def excess(kappa: float) -> float:
        moment = (1 + kappa * kappa) * ndtr(kappa) + kappa * normal_density(np.asarray(kappa))
        return float(moment - 1 / alpha)

    # (1 + kappa^2) / 2 <= moment for kappa >= 0, so the root is below sqrt(2 / alpha).
    return 0.0 if excess(0.0) >= 0 else float(brentq(excess, 0.0, np.sqrt(2 / alpha), xtol=1e-14))


def maximum_stability(alpha: float) -> StabilityDistribution:
    """Maximum stability (hard margin): Delta* = max(z, kappa), Gardner's kappa(alpha).

    A fraction Phi(kappa) of the patterns has stability kappa (the support vectors), the others keep
    a Gaussian tail (Kepler & Abbott 1988; Krauth, Nadal & Mezard 1988).

    Raises
    ------
    InputError
        If the load is not positive or above 2.
    """
    kappa = gardner_stability(alpha)
    return StabilityDistribution(
        stability=lambda z: np.maximum(z, kappa),
        gaussian=lambda x: np.where(x < kappa, -np.inf, x),
        density=lambda x: np.where(x > kappa, normal_density(x), 0.0),
        panels=np.array([kappa, max(REACH, kappa + 1)]),
        atom=kappa,
        atom_mass=float(ndtr(kappa)),
    )


def _require(name: str, found: float, good: bool, expected: str) -> None:
    if not (good and np.isfinite(found)):
        raise InputError(f"{name}: found {found}, expected {expected}")
