"""Exact results for denoisers: the circle, two points, and capacities of noisy channels.

Energies and beta = 1/(2 sigma^2) are those of ``networks.empirical_denoiser``. N pixels +1/-1 that
pass a noisy channel identify one of K independent images if (ln K)/N is less than the capacity of
the channel in nats (Shannon 1948). Beyond it the weights of the exact denoiser are spread over many
images.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import i0e, i1e, xlogy

ORDER = 101  # of the quadrature over the noise of a channel
NEARLY_ZERO = 1e-4  # below any root, except for parameters within 1e-8 of its vanishing
LOG_SIGMAS = (np.log(0.05), np.log(1e5))  # range of noises for the search


def circle_energy(radius: np.ndarray, beta: float) -> np.ndarray:
    """E at a distance from the centre of infinitely many points, uniform on the unit circle.

    R^2 + 1 - (1/beta) log I_0(2 beta R), with the mean over the circle instead of the sum.
    """
    argument = 2 * beta * np.asarray(radius)
    return np.square(radius) + 1 - (np.log(i0e(argument)) + argument) / beta


def ring_radius(beta: float) -> float:
    """The minimum of this energy: R = I_1(2 beta R) / I_0(2 beta R), 0 for beta <= 1.

    The ratio minus R has one zero in 0 < R < 1, where it falls.
    """
    if beta <= 1:
        return 0.0
    return float(brentq(lambda R: i1e(2 * beta * R) / i0e(2 * beta * R) - R, NEARLY_ZERO, 1))


def pair_place(scaled: float) -> float:
    """Distance of a minimum of two points from their midpoint, in units of half their distance.

    ``scaled``: beta a^2 / 2 for two points at a distance a. y = tanh(scaled y): for scaled > 1
    there is a minimum at each point, else a single one at the midpoint.
    """
    if scaled <= 1:
        return 0.0
    return float(brentq(lambda y: np.tanh(scaled * y) - y, NEARLY_ZERO, 1))


def flip_capacity(overlap: np.ndarray) -> np.ndarray:
    """Capacity for pixels flipped to overlap m: ln 2 + p ln p + (1-p) ln(1-p).

    p = (1 + m)/2; in nats a pixel (binary symmetric channel).
    """
    right = (1 + np.asarray(overlap)) / 2
    return np.log(2) + xlogy(right, right) + xlogy(1 - right, 1 - right)


def critical_overlap(rate: float) -> float:
    """The overlap above which ``rate`` = (ln K)/N is below the capacity; NaN if there is none."""
    if rate >= np.log(2):
        return np.nan
    return float(brentq(lambda overlap: flip_capacity(overlap) - rate, 0, 1))


def noise_capacity(sigma: float) -> float:
    """Capacity for pixels +1/-1 with Gaussian noise, in nats per pixel.

    ln 2 - E ln(1 + exp(-2 x / sigma^2)), x = 1 + sigma z (binary-input Gaussian channel).
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(ORDER)
    lost = np.logaddexp(0, -2 * (1 + sigma * nodes) / sigma**2)
    return float(np.log(2) - weights @ lost / weights.sum())


def critical_sigma(rate: float) -> float:
    """The noise below which ``rate`` = (ln K)/N is below the capacity; NaN if there is none.

    Infinite for a single image, which any noise leaves the only one.
    """
    if rate >= np.log(2):
        return np.nan
    if rate == 0:
        return np.inf
    return float(np.exp(brentq(lambda log: noise_capacity(np.exp(log)) - rate, *LOG_SIGMAS)))
