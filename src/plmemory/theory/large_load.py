"""Perceptrons with a teacher at large loads: how the error depends on the norm of the student.

The norm is lambda = |w| / sqrt(N), the error eps, the load alpha. Three laws follow from the
equations of ``fixed_norm`` (D'Amico, Bocchi & Negri 2025, arXiv:2505.13230, found the exponents):

* at fixed lambda, eps over that of Hebb's rule does not depend on the load (``early``);
* at lambda = l alpha, alpha eps tends to a function of l, the master curve (``late``);
* gradient descent passes the norms with other errors (``descent``).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.optimize import minimize_scalar, root
from scipy.special import ndtr

from plmemory.errors import InputError
from plmemory.theory.cavity import CavityMap
from plmemory.theory.distribution import REACH, normal_density
from plmemory.theory.quadrature import gauss_legendre, graded

EARLY_PREFACTOR = float(np.sqrt((2 * np.log(2) - 1) * np.sqrt(2 / np.pi)))
"""0.5552, of the error over Hebb's, times lambda^(1/2), for lambda to infinity."""
LATE_PREFACTOR = EARLY_PREFACTOR / float(np.sqrt(2 * np.pi))
"""0.2215, of alpha eps times l^(1/2), for l to 0."""
_SOLVED = 1e-9
_TAIL = 40.0  # residuals of exp(-40) are negligible
_STEPS = 1000  # of the descent, from the smallest norm to the largest


def early(norms: np.ndarray) -> np.ndarray:
    """The error over Hebb's at ascending fixed ``norms`` (n,), for alpha to infinity: (n,).

    There the field of the student is lambda u, with u that of the teacher, and every pattern
    contributes chi (1 - tanh lambda u): the square of the ratio is E[(1 - tanh lambda |u|)^2].

    Raises
    ------
    InputError
        If the norms are not positive and ascending.
    """
    ends = _ascending("norms", norms)
    u, weights = _fields(ends[-1])
    return np.sqrt(_residual(ends[:, None] * u) ** 2 @ weights)


def late(scaled_norms: np.ndarray) -> np.ndarray:
    """alpha eps (n,) at norms l alpha, l the ascending ``scaled_norms`` (n,), alpha to infinity.

    With h = y / l alpha, Delta = d / l alpha and (1 - R^2)^1/2 = s / l alpha the equations are

        d = y + Y (1 - tanh d),   l = (2 / pi)^1/2 E[d - y at y = s z],
        l s^2 = (2 / pi)^1/2 integral dy Phi(y / s) (d - y)^2,

    and alpha eps = s / (pi l).

    Raises
    ------
    InputError
        If the norms are not positive and ascending.
    RuntimeError
        If Newton's method does not find the next point.
    """
    ends = _ascending("scaled_norms", scaled_norms)
    # From Hebb's side, where both unknowns are small, in steps that Newton's method can follow.
    first = min(0.01, ends[0])
    place = np.log([np.pi * LATE_PREFACTOR * np.sqrt(first), np.sqrt(np.pi / 2) * first])
    count = 2 + int(np.log(ends[-1] / first))
    found = {}
    for norm in np.union1d(np.geomspace(first, ends[-1], count), ends):
        solution = root(_imbalance, place, args=(norm,), tol=1e-11)
        if np.abs(solution.fun).max() > _SOLVED:
            raise RuntimeError(f"no solution found at l = {norm}")
        place = solution.x
        found[norm] = np.exp(place[0]) / (np.pi * norm)
    return np.array([found[norm] for norm in ends])


def best() -> tuple[float, float]:
    """(l, alpha eps): the lowest point of the master curve."""
    found = minimize_scalar(
        lambda log_l: late(np.exp([log_l]))[0], bounds=(-0.5, 0.3), method="bounded"
    )
    return float(np.exp(found.x)), float(found.fun)


def descent(norms: np.ndarray) -> np.ndarray:
    """The error over Hebb's (n,) when gradient descent from w = 0 passes ascending ``norms`` (n,).

    For alpha to infinity the descent has moved along the teacher by lambda and across it by
    sum_mu K(u_mu) x_mu, u the teacher's field on a pattern. Per unit of lambda

        dK / dlambda = (1 - tanh lambda u - a K) / b,   a = E sech^2 lambda u,
        b = E u (1 - tanh lambda u),   K = 0 at lambda = 0,

    and the ratio is (2 / pi)^1/2 E[K^2]^1/2 / lambda.

    Raises
    ------
    InputError
        If the norms are not positive and ascending.
    """
    ends = _ascending("norms", norms)
    path = np.union1d(np.geomspace(min(1e-4, ends[0] / 10), ends[-1], _STEPS), ends)
    u, weights = _fields(path[-1])
    pulls = np.full(u.size, path[0] * np.sqrt(np.pi / 2))
    found = {path[0]: pulls}
    target, before = _balance(path[0] * u, u, weights)
    for low, high in pairwise(path):
        aim, after = _balance(high * u, u, weights)
        rate = (before + after) / 2 * (high - low)
        # Exact for a target that moves linearly, also if the contributions follow without delay.
        lag = (aim - target) * np.expm1(-rate) / rate
        pulls = aim + lag + (pulls - target) * np.exp(-rate)
        found[high] = pulls
        target, before = aim, after
    variances = np.array([found[norm] ** 2 @ weights for norm in ends])
    return np.sqrt(2 / np.pi * variances) / ends


def _imbalance(place: np.ndarray, scaled_norm: float) -> np.ndarray:
    """Logarithms of the ratios of both sides of the two equations of ``late`` at (log s, log Y)."""
    width, learned = np.exp(place[0]), CavityMap(1.0, place[1] + np.log(2))
    ends = learned.stability(np.arange(-REACH, REACH + 0.5, 0.5) * width)
    highest = (max(learned.s, 0.0) + _TAIL) / 2
    bent = np.arange(max(ends[0], -_TAIL / 2), highest, 0.25)
    nodes, weights = gauss_legendre(np.union1d(ends[ends < highest], bent))
    y, shift = learned.gaussian(nodes), learned.shift(nodes)
    weights = weights * learned.rise(nodes) * np.sqrt(2 / np.pi)
    pull = (shift * normal_density(y / width)) @ weights / width
    norm = (shift**2 * ndtr(y / width)) @ weights
    return np.log([norm / (scaled_norm * width**2), pull / scaled_norm])


def _balance(margin: np.ndarray, u: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, float]:
    """The stationary value of K, (1 - tanh) / a, and the rate per unit of norm, a / b."""
    residual = _residual(margin)
    # 1 - tanh^2 = (1 - tanh) (1 + tanh)
    relaxation = (residual * (2 - residual)) @ weights
    return residual / relaxation, float(relaxation / ((u * residual) @ weights))


def _residual(margin: np.ndarray) -> np.ndarray:
    """1 - tanh, without cancellation."""
    return 2 * np.exp(-np.logaddexp(0, 2 * margin))


def _fields(norm: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes u > 0 that resolve 1 / ``norm``, and weights of the half Gaussian."""
    u, weights = gauss_legendre(graded(0.0, REACH, 0.0, min(0.5, 0.5 / norm)))
    return u, 2 * weights * normal_density(u)


def _ascending(name: str, found: np.ndarray) -> np.ndarray:
    norms = np.asarray(found, dtype=float)
    if not (norms.size and norms[0] > 0 and np.all(np.diff(norms) > 0) and norms[-1] < np.inf):
        raise InputError(f"{name}: found {norms}, expected ascending positive numbers")
    return norms
