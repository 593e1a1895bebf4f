"""Averages over the unit sphere of d dimensions, as vector spins need them.

A unit vector in a field of length k has the density exp(k cos) / A_d(k), the von Mises-Fisher
distribution, with A_d(k) = (2 pi)^(d/2) I_(d/2-1)(k) / k^(d/2-1) and the modified Bessel function I
(Mardia & Jupp, Directional Statistics, 2000, chapter 9). For d = 1 these are the two signs, and
A_1(k) = 2 cosh k.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import gammaln, hyp1f1, i0e, i1e

from plmemory.errors import InputError
from plmemory.theory.quadrature import gauss_legendre, graded

# Number of terms of the continued fractions for ratios of Bessel functions, for k below 2 d.
_DEPTH = 20
# The length of a Gaussian vector is within this many standard deviations of its mean.
_TAIL = 9.0


def check_dimension(dimension: int) -> None:
    """Raise InputError unless the dimension of the vectors is a positive integer."""
    if not dimension >= 1 or dimension != int(dimension):
        raise InputError(f"dimension: found {dimension}, expected a whole number of at least 1")


def alignment(field: np.ndarray | float, dimension: int) -> np.ndarray:
    """g_d(k) = I_(d/2)(k) / I_(d/2-1)(k): mean cosine with a field of length k >= 0.

    It is tanh k for d = 1, coth k - 1/k for d = 3. Returns the shape of ``field``.
    """
    k = np.asarray(field, dtype=float)
    return k * _by_size(k, dimension, lambda ratios: ratios[-1])


def log_normaliser(field: np.ndarray | float, dimension: int) -> np.ndarray:
    """log A_d(k) for k >= 0, whose derivative is ``alignment``. Returns the shape of ``field``.

    From A_1 or A_2 by A_(d+2) = 2 pi A_d g_d / k.
    """
    k = np.asarray(field, dtype=float)
    first = np.log1p(np.exp(-2 * k)) if dimension % 2 else np.log(2 * np.pi * i0e(k))

    def product(ratios: list[np.ndarray]) -> np.ndarray:
        lower = (np.log(2 * np.pi * ratio) for ratio in ratios[:-1])
        return sum(lower, np.zeros_like(ratios[-1]))

    return k + first + _by_size(k, dimension, product)


def _by_size(
    k: np.ndarray, dimension: int, function: Callable[[list[np.ndarray]], np.ndarray]
) -> np.ndarray:
    """A function of g_e(k) / k for e = 1, 3, ... or 2, 4, ... up to the dimension.

    I_(n-1) - I_(n+1) = 2 n I_n / k gives a ratio from the next one, which forgets its start if k is
    below the dimension or slightly above, or from the previous one, which is stable elsewhere.
    """
    found, small = np.empty_like(k), k < 2 * dimension
    for chosen, ratios in ((small, _from_above), (~small, _from_below)):
        if chosen.any():
            found[chosen] = function(ratios(k[chosen], dimension))
    return found


def _from_above(k: np.ndarray, dimension: int) -> list[np.ndarray]:
    beyond = dimension + 2 * _DEPTH
    squares = k**2
    ratio = 1 / ((beyond - 1) / 2 + np.sqrt(squares + ((beyond + 1) / 2) ** 2))  # Amos 1974
    found = []
    for e in range(beyond - 2, 0, -2):
        ratio = 1 / (e + squares * ratio)
        if e <= dimension:
            found.append(ratio)
    return found[::-1]


def _from_below(k: np.ndarray, dimension: int) -> list[np.ndarray]:
    found = [(np.tanh(k) if dimension % 2 else i1e(k) / i0e(k)) / k]
    for e in range(2 - dimension % 2, dimension, 2):
        found.append((1 / found[-1] - e) / k**2)
    return found


def mean_length(dimension: int) -> float:
    """c_d = sqrt(2) Gamma((d+1)/2) / Gamma(d/2): mean length of a standard Gaussian vector."""
    return float(np.sqrt(2) * np.exp(gammaln((dimension + 1) / 2) - gammaln(dimension / 2)))


def kummer(a: float, b: float, x: np.ndarray | float) -> np.ndarray:
    """The confluent hypergeometric function 1F1(a; b; -x^2/2)."""
    return hyp1f1(a, b, -np.square(x) / 2)


def projected(x: np.ndarray | float, dimension: int) -> np.ndarray:
    """Phi_d(x): mean cosine between a unit vector e and x e + z, z a standard Gaussian vector.

    erf(x / sqrt 2) for d = 1.
    """
    x = np.asarray(x, dtype=float)
    return mean_length(dimension) * x / dimension * kummer(0.5, dimension / 2 + 1, x)


def lengths(x: float, dimension: int, width: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights for averages over the length of x e + z, z a standard Gaussian vector.

    Its density is r^(d-1) exp(-(r^2 + x^2)/2) A_d(r x) / (2 pi)^(d/2); given the length r, the mean
    cosine with e is g_d(r x). ``width``: of the narrowest feature of the averaged function, at r =
    0.
    """
    middle = np.sqrt(x**2 + dimension - 1)
    lower, upper = max(0.0, middle - _TAIL), middle + _TAIL
    nodes, weights = gauss_legendre(graded(lower, upper, 0.0, min(width, 1.0)))
    logarithm = (dimension - 1) * np.log(nodes) - (nodes**2 + x**2) / 2
    logarithm += log_normaliser(nodes * x, dimension) - dimension / 2 * np.log(2 * np.pi)
    return nodes, weights * np.exp(logarithm)
