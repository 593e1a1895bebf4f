"""Retrieval by Hebb's rule at zero temperature: Amit, Gutfreund & Sompolinsky (1985, 1987).

With y = m / sqrt(2 alpha r) their three equations become one,

    y (sqrt(2 alpha) + (2 / sqrt(pi)) exp(-y^2)) = erf(y),   m = erf(y),

that is sqrt(2 alpha) = g(y) with g(y) = erf(y)/y - (2/sqrt(pi)) exp(-y^2). The largest g is
where retrieval ends; the branch of larger y is the one that retrieves.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import erf

from plmemory.errors import InputError


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
    """Overlap of the retrieval state at load ``alpha``; zero beyond the capacity."""
    if not alpha > 0:
        raise InputError(f"alpha: found {alpha}, expected a positive load")
    root, turn = np.sqrt(2 * alpha), _turning_point()
    if root > _root_load(turn):
        return 0.0
    # erf(y) < 1, so g(y) < 1/y and the root lies below 1/sqrt(2 alpha).
    return float(erf(brentq(lambda y: _root_load(y) - root, turn, max(turn, 1 / root) + 1.0)))
