"""Exact results for denoisers: the circle, two points, and what channels of noise can carry.

Energies and beta = 1/(2 sigma^2) are those of ``networks.empirical_denoiser``. N pixels +1/-1 that
pass a noisy channel tell which of K independent images they were as long as (ln K)/N is less than
the channel's capacity in nats (Shannon 1948): beyond it the weights of the exact denoiser are
spread over many images.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import i0e, i1e, xlogy

ORDER = 101  # of the quadrature over a channel's noise
NEARLY_ZERO = 1e-4  # below any root, but for parameters within 1e-8 of where it vanishes
LOG_SIGMAS = (np.log(0.05), np.log(50.0))  # noises between which capacities are looked for


def circle_energy(radius: np.ndarray, beta: float) -> np.ndarray:
    """E at a distance from the centre of infinitely many points, uniform on the unit circle.

    R^2 + 1 - (1/beta) log I_0(2 beta R), the mean over the circle in the place of the sum.
    """
    argument = 2 * beta * np.asarray(radius)
    return np.square(radius) + 1 - (np.log(i0e(argument)) + argument) / beta


def ring_radius(beta: float) -> float:
    """Where that energy is lowest: R = I_1(2 beta R) / I_0(2 beta R), 0 for beta <= 1.

    The ratio minus R falls through zero once in 0 < R < 1.
    """
    if beta <= 1:
        return 0.0
    return float(brentq(lambda R: i1e(2 * beta * R) / i0e(2 * beta * R) - R, NEARLY_ZERO, 1))


def pair_place(scaled: float) -> float:
    """How far from their middle a minimum of two points lies, in units of half their distance.

    ``scaled``: beta a^2 / 2 of two points at a distance a. y = tanh(scaled y): a minimum each for
    scaled > 1, up to it a single one in the middle, which is of neither.
    """
    if scaled <= 1:
        return 0.0
    return float(brentq(lambda y: np.tanh(scaled * y) - y, NEARLY_ZERO, 1))


def flip_capacity(overlap: np.ndarray) -> np.ndarray:
    """Capacity of pixels that are turned over to this overlap m: ln 2 + p ln p + (1-p) ln(1-p).

    p = (1 + m)/2; in nats a pixel (binary symmetric channel).
    """
    right = (1 + np.asarray(overlap)) / 2
    return np.log(2) + xlogy(right, right) + xlogy(1 - right, 1 - right)


def critical_overlap(rate: float) -> float:
    """The overlap from which ``rate`` = (ln K)/N is below the capacity; NaN if it never is."""
    if rate >= np.log(2):
        return np.nan
    return float(brentq(lambda overlap: flip_capacity(overlap) - rate, 0, 1))


def noise_capacity(sigma: float) -> float:
    """Capacity of pixels +1/-1 with Gaussian noise, in nats a pixel.

    ln 2 - E ln(1 + exp(-2 x / sigma^2)), x = 1 + sigma z (binary-input Gaussian channel).
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(ORDER)
    lost = np.logaddexp(0, -2 * (1 + sigma * nodes) / sigma**2)
    return float(np.log(2) - weights @ lost / weights.sum())


def critical_sigma(rate: float) -> float:
    """The noise up to which ``rate`` = (ln K)/N is below the capacity; NaN if it never is."""
    if rate >= np.log(2):
        return np.nan
    return float(np.exp(brentq(lambda log: noise_capacity(np.exp(log)) - rate, *LOG_SIGMAS)))
