"""Capacity of a dense associative memory for random patterns, a reference for pair couplings.

The energy is -sum_mu F(sum_i xi_i^mu s_i), and a site takes the sign that lowers it (Krotov &
Hopfield 2016, Adv. Neural Inf. Process. Syst. 29, arXiv:1606.01164). F(x) = x^n couples n sites; n
= 2 is Hebb's rule.
"""

from __future__ import annotations

import numpy as np
from scipy.special import factorial2, ndtr, ndtri

from plmemory.errors import InputError


def polynomial_error(sites: int, order: int, patterns: int) -> float:
    """Fraction of unstable sites of a pattern for F(x) = x^order, for many sites and patterns.

    The signal of a site from its own pattern is 2 n N^(n-1); the other patterns add Gaussian noise
    with the variance 4 n^2 P (2n - 3)!! N^(n-1).

    Raises
    ------
    InputError
        If there are fewer than two sites, or the order is below two.
    """
    _require(sites, order)
    noise = patterns * factorial2(2 * order - 3)
    return float(ndtr(-np.sqrt(float(sites) ** (order - 1) / noise)))


def polynomial_capacity(sites: int, order: int, error: float | None = None) -> float:
    """Number of patterns with a fraction ``error`` of unstable sites; by default without errors.

    Without errors: N^(n-1) / (2 (2n - 3)!! log N), where the fraction is 1/N up to logarithms.

    Raises
    ------
    InputError
        If there are fewer than two sites, the order is below two, or the error is out of range.
    """
    _require(sites, order)
    if error is not None and not 0 < error < 0.5:
        raise InputError(f"error: found {error}, expected a fraction between 0 and 0.5")
    square = 2 * np.log(sites) if error is None else ndtri(error) ** 2
    return float(float(sites) ** (order - 1) / (factorial2(2 * order - 3) * square))


def exponential_rate(initial_overlap: float) -> float:
    """Rate r: F = exp retrieves exp(r N) patterns in one step from this overlap m > 0.

    r = [(1 + m) log(1 + m) + (1 - m) log(1 - m)] / 4, at m = 1 log(2) / 2 (Demircigil, Heusel,
    Lowe, Upgang & Vermet 2017, J. Stat. Phys. 168, 288).

    Raises
    ------
    InputError
        If the overlap is not in (0, 1].
    """
    if not 0 < initial_overlap <= 1:
        raise InputError(f"initial overlap: found {initial_overlap}, expected one in (0, 1]")
    sides = np.array([1 + initial_overlap, 1 - initial_overlap])
    return float((sides * np.log(np.maximum(sides, np.finfo(float).tiny))).sum() / 4)


def _require(sites: int, order: int) -> None:
    if sites < 2:
        raise InputError(f"sites: found {sites}, expected at least two")
    if order < 2:
        raise InputError(f"order: found {order}, expected at least two")
