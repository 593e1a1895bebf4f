"""Action of the couplings at a row-wise optimum on random vectors: mixed moments.

Every row minimises a convex loss of its stabilities Delta = z + x(z), with z the cavity stability
(see ``optimum``), on the same random patterns. Write the contribution of learning as x(z) = <Delta>
- rho z + r. The rest r differs from row to row and acts as independent noise. So the couplings J
(rows of norm one, no diagonal) act as a ridge regression of the signs plus label noise:

    J = K + W,   K = <Delta> [S / (1 - rho) - alpha] / D,   D = 1 - alpha rho + chi S,

with S = X^T X / N, whose spectrum is that of Marchenko and Pastur, chi = rho / (1 - rho), and rows
of W that are independent, of covariance Q / N with Q = E[r^2] S / ((1 - rho) D)^2. Adding a pattern
moves a row along R xi, with the response R = 1 / D. Traces tr are means over the N directions,
integrals over the spectrum; tr R = 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmemory.theory.distribution import REACH, StabilityDistribution, normal_density
from plmemory.theory.quadrature import gauss_legendre

_Z_STEP = 0.25
_EIGENVALUES = 400


class Moments(NamedTuple):
    """Traces over N of products of J, for powers up to an order k = 0, 1, ...

    powers (k,): tr J^k. products (k, l): tr J^k (J^T)^l. response (k,): tr R J^k.
    """

    powers: np.ndarray
    products: np.ndarray
    response: np.ndarray


class _Spectrum(NamedTuple):
    """K, Q and R at the eigenvalues of S, which have these weights, (E,) each."""

    ridge: np.ndarray
    noise: np.ndarray
    response: np.ndarray
    weights: np.ndarray


def symmetry(distribution: StabilityDistribution, alpha: float) -> float:
    """eta = sum_ij J_ij J_ji / sum_ij J_ij^2 of couplings with these stabilities.

    It is alpha <Delta>^2 / (1 - alpha rho^2). Rows are learnt independently, but from the same
    patterns.
    """
    mean, rho = _linear_part(distribution)
    return alpha * mean**2 / (1 - alpha * rho**2)


def moments(distribution: StabilityDistribution, alpha: float, order: int) -> Moments:
    """Moments of the couplings with these stabilities at load ``alpha``, up to J^order."""
    ridge, noise, response, weights = _spectrum(distribution, alpha)
    exponents = range(order + 1)
    powers = np.array([ridge**k for k in exponents])
    # In a product the noises of J and of J^T pair from the middle outwards; a pair gives one trace.
    products = np.empty((order + 1, order + 1, len(ridge)))
    for k in exponents:
        for m in exponents:
            products[k, m] = ridge ** (k + m) + sum(
                (noise * products[k - 1 - i, m - 1 - j] @ weights) * ridge ** (i + j)
                for i in range(k)
                for j in range(m)
            )
    return Moments(powers @ weights, products @ weights, powers @ (response * weights))


def _linear_part(distribution: StabilityDistribution) -> tuple[float, float]:
    """(<Delta>, rho) of the regression of Delta - z on the cavity stability z."""
    kinks = distribution.gaussian(distribution.panels)
    inside = kinks[np.abs(kinks) < REACH]
    z, weights = gauss_legendre(np.union1d(np.arange(-REACH, REACH + _Z_STEP, _Z_STEP), inside))
    learned = distribution.stability(z) * weights * normal_density(z)
    return float(learned.sum()), float(1 - z @ learned)


def _spectrum(distribution: StabilityDistribution, alpha: float) -> _Spectrum:
    mean, rho = _linear_part(distribution)
    rest = 1 / alpha - mean**2 - rho**2  # E[x^2] = 1 / alpha
    angle = (np.arange(_EIGENVALUES) + 0.5) * np.pi / _EIGENVALUES
    half = 2 * np.sqrt(alpha)
    values = 1 + alpha - half * np.cos(angle)
    weights = (half * np.sin(angle)) ** 2 / (2 * _EIGENVALUES * values)
    scale = (1 - rho) * (1 - alpha * rho) + rho * values
    parts = [
        mean * (values - alpha * (1 - rho)) / scale,
        rest * values / scale**2,
        (1 - rho) / scale,
        weights,
    ]
    # The other directions are orthogonal to all patterns.
    outside = [-alpha * mean / (1 - alpha * rho), 0, 1 / (1 - alpha * rho), max(1 - alpha, 0)]
    return _Spectrum(*(np.append(*pair) for pair in zip(parts, outside, strict=True)))
