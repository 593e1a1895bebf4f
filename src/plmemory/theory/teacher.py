"""Perceptrons that learn the signs of a random teacher: the classical rules.

Errors are eps = arccos(R) / pi with R the cosine of student and teacher, loads alpha = P / N, N to
infinity. The optimum of the pseudo-likelihood between the first two is in ``fixed_norm``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import log_ndtr, ndtr

from plmemory.errors import InputError
from plmemory.theory.distribution import REACH, normal_density
from plmemory.theory.quadrature import gauss_legendre, graded

_CLOSEST = 1e-13  # of overlaps to 0 and 1


def error(overlap: float) -> float:
    """The probability that student and teacher differ, arccos(R) / pi, at the cosine R."""
    return float(np.arccos(overlap) / np.pi)


def hebb(alpha: float) -> float:
    """The error of Hebb's rule, the limit of small norms: R = (1 + pi / (2 alpha))^(-1/2).

    Raises
    ------
    InputError
        If the load is not positive.
    """
    _check(alpha)
    return float(np.arctan(np.sqrt(np.pi / (2 * alpha))) / np.pi)


class Widest(NamedTuple):
    """Maximum stability: the cosine with the teacher, and kappa."""

    overlap: float
    kappa: float


def maximum_stability(alpha: float) -> Widest:
    """The student of largest stability, the limit of large norms (Opper et al. 1990).

    With Delta* = max(z, kappa) the two equations of ``fixed_norm`` are

        R = alpha (2 / pi)^1/2 (kappa Phi(kappa / s) + s phi(kappa / s)),   s = (1 - R^2)^1/2,
        1 - R^2 = alpha E[2 Phi(R z / s) (kappa - z)^2; z < kappa].

    Raises
    ------
    InputError
        If the load is not positive.
    """
    _check(alpha)

    def excess(angle: float) -> float:
        k = 1 / np.tan(angle)
        return float(np.log(alpha * missing_norm(_kappa(alpha, angle), k) / np.sin(angle) ** 2))

    # The optimum is better than Hebb's rule up to large loads, and never better than Bayes'.
    highest = np.pi * hebb(alpha)
    angle = brentq(excess, np.pi * bayes(alpha), highest, xtol=1e-14)
    return Widest(float(np.cos(angle)), _kappa(alpha, angle))


def missing_norm(kappa: float, k: float) -> float:
    """E[2 Phi(k z) (kappa - z)^2; z < kappa]; without a teacher k = 0, and this is Gardner's."""
    ends = graded(-REACH, max(kappa, -REACH), 0.0, min(1.0, 0.5 / max(k, 1e-9)))
    z, weights = gauss_legendre(ends)
    return float((2 * ndtr(k * z) * (kappa - z) ** 2 * normal_density(z)) @ weights)


def _kappa(alpha: float, angle: float) -> float:
    """The stability kappa for which the overlap is cos(``angle``)."""
    width, overlap = np.sin(angle), np.cos(angle)

    def excess(scaled: float) -> float:
        linear = scaled * ndtr(scaled) + normal_density(np.asarray(scaled))
        return float(alpha * np.sqrt(2 / np.pi) * width * linear - overlap)

    highest = 1 + overlap / (alpha * np.sqrt(2 / np.pi) * width)
    return float(width * brentq(excess, -REACH * 3, highest, xtol=1e-14))


def version_space_overlap(alpha: float) -> float:
    """q: the cosine of two random students without training errors.

    It solves q = (alpha / pi) (1 - q)^1/2 E[exp(-q t^2 / 2) / H(q^1/2 t)], H = 1 - Phi, and is also
    their cosine with the teacher (Györgyi & Tishby 1990; Seung, Sompolinsky & Tishby 1992).

    Raises
    ------
    InputError
        If the load is not positive.
    """
    _check(alpha)
    t, weights = gauss_legendre(np.arange(-REACH, REACH + 0.5, 0.5))
    weights = weights * normal_density(t)

    def excess(log_missing: float) -> float:
        missing = np.exp(log_missing)
        q = 1 - missing
        tails = np.exp(-q * t * t / 2 - log_ndtr(-np.sqrt(q) * t))
        return float(alpha / np.pi * np.sqrt(missing) * (tails @ weights) - q)

    return float(1 - np.exp(brentq(excess, np.log(_CLOSEST), np.log1p(-_CLOSEST), xtol=1e-14)))


def gibbs(alpha: float) -> float:
    """The error of a random student without training errors.

    Raises
    ------
    InputError
        If the load is not positive.
    """
    return error(version_space_overlap(alpha))


def bayes(alpha: float) -> float:
    """The smallest error of any student: that of the mean of all students without errors.

    Raises
    ------
    InputError
        If the load is not positive.
    """
    return error(float(np.sqrt(version_space_overlap(alpha))))


def _check(alpha: float) -> None:
    if not 0 < alpha < np.inf:
        raise InputError(f"alpha: found {alpha}, expected a positive load")
