"""Steps of a gradient flow by the Runge-Kutta-Chebyshev method of second order.

A step of s evaluations of the slope is stable up to a length of about 0.65 s^2 over the largest
curvature, one of s Euler steps up to 2 s (Sommeijer, Shampine & Verwer, J. Comput. Appl. Math. 88,
315, 1998).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev

_DAMPING = 2 / 13  # epsilon of the method
_STABLE = 1.54  # (s^2 - 1) / 1.54 is below the end of the stable interval


def longest(stages: int) -> float:
    """The largest product of the length of a step and the curvature at which it is stable."""
    return (stages**2 - 1) / _STABLE


def stages(length: float) -> int:
    """The number of evaluations that a step of this length times curvature needs."""
    return max(2, int(np.ceil(np.sqrt(1 + _STABLE * length))))


def step(slope: Callable[[Any], Any], point: Any, first: Any, length: float, number: int) -> Any:
    """The point after a step, in ``number`` stages; ``first`` is the slope at the ``point``."""
    begin, weights = _weights(number)
    before, now = point, point + begin * length * first
    for of_point, of_now, of_before, of_slope, of_first in weights:
        moved = of_slope * slope(now) + of_first * first
        before, now = now, of_point * point + of_now * now + of_before * before + length * moved
    return now


@cache
def _weights(stages: int) -> tuple[float, list[tuple[float, ...]]]:
    """That of the first stage, and those of each later one; notation as in the source."""
    w0 = 1 + _DAMPING / stages**2
    polynomials = np.eye(stages + 1)
    value, slope, bend = (
        [float(chebyshev.chebval(w0, chebyshev.chebder(p, order))) for p in polynomials]
        for order in range(3)
    )
    w1 = slope[stages] / bend[stages]
    b = [bend[max(j, 2)] / slope[max(j, 2)] ** 2 for j in range(stages + 1)]
    later: list[tuple[float, ...]] = []
    for j in range(2, stages + 1):
        mu, nu = 2 * b[j] * w0 / b[j - 1], -b[j] / b[j - 2]
        of_slope = 2 * b[j] * w1 / b[j - 1]
        of_first = -(1 - b[j - 1] * value[j - 1]) * of_slope
        later.append((1 - mu - nu, mu, nu, of_slope, of_first))
    return b[1] * w1, later
