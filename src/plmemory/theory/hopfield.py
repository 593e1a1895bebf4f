"""Retrieval by Hebb's rule: Amit, Gutfreund & Sompolinsky (1985, 1987).

At zero temperature, with y = m / sqrt(2 alpha r), their three equations reduce to one,

    y (sqrt(2 alpha) + (2 / sqrt(pi)) exp(-y^2)) = erf(y),   m = erf(y),

that is sqrt(2 alpha) = g(y) with g(y) = erf(y)/y - (2/sqrt(pi)) exp(-y^2). The largest g is
where retrieval ends; the branch of larger y is the one that retrieves.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import erf

from plmemory.errors import InputError
from plmemory.theory.quadrature import gauss_legendre, graded

_MOST_ITERATIONS = 10_000


def _root_load(y: float) -> float:
    return float(erf(y) / y - 2 / np.sqrt(np.pi) * np.exp(-y * y))


def _turning_point() -> float:
    found = minimize_scalar(
        lambda y: -_root_load(y), bounds=(0.5, 3.0), method="bounded", options={"xatol": 1e-10}
    )
    return float(found.x)


def hopfield_capacity() -> tuple[float, float]:
    """(alpha_c, m_c): the load at which Hebb's retrieval states vanish, and their overlap there."""
    y = _turning_point()
    return _root_load(y) ** 2 / 2, float(erf(y))


def hopfield_overlap(alpha: float) -> float:
    """Overlap of the retrieval state at load ``alpha``; zero beyond the capacity.

    Raises
    ------
    InputError
        If the load is not positive.
    """
    if not alpha > 0:
        raise InputError(f"alpha: found {alpha}, expected a positive load")
    root, turn = np.sqrt(2 * alpha), _turning_point()
    if root > _root_load(turn):
        return 0.0
    # erf(y) < 1, so g(y) < 1/y and the root lies below 1/sqrt(2 alpha).
    return float(erf(brentq(lambda y: _root_load(y) - root, turn, max(turn, 1 / root) + 1.0)))


def hopfield_overlap_at(alpha: float, temperature: float) -> float:
    """Overlap of the retrieval state at load ``alpha`` and ``temperature``; zero where it is lost.

    The temperature is that of Hebb's couplings with the factor 1/N. Iterates the replica-symmetric
    m = <tanh b (m + sqrt(alpha r) z)>, q = <tanh^2 ...>, r = q / (1 - b (1 - q))^2, b = 1 / T, over
    a Gaussian z, from above: the largest solution.
    """
    if temperature == 0:
        return hopfield_overlap(alpha)
    m, q = 1.0, 1.0
    for _ in range(_MOST_ITERATIONS):
        stiffness = 1 - (1 - q) / temperature
        if stiffness <= 0:  # the crosstalk grows without bound
            return 0.0
        width = np.sqrt(alpha * q) / stiffness
        z, weights = gauss_legendre(graded(-8.0, 8.0, -m / width, temperature / width))
        weights = weights * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
        local = np.tanh((m + width * z) / temperature)
        before, m = m, float(weights @ local)
        q = float(weights @ local**2)
        if abs(m - before) < 1e-10:
            break
    return m if m > 1e-6 else 0.0
