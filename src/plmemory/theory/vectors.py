"""The vector Hopfield network: Hebb's tensor rule on random unit vectors, for N to infinity.

Nicoletti, D'Amico & Negri, arXiv:2507.02586. Spins are unit vectors of d components, J_ij = (1/N)
sum_mu xi_i xi_j^T, the load is alpha = P/N. The field on a site is m xi + Delta z, z a standard
Gaussian vector; with q = <|<s>|^2>, chi = (1 - q)/T and x = m/Delta the replica-symmetric equations

    Delta = sqrt(alpha q) / (d - chi),   m = E[g_d(|h|/T) g_d(|h| x / Delta)],   q = E[g_d(|h|/T)^2]

are solved for given x: then Delta is one root and alpha is explicit, so loads are read off a curve.
At T = 0 all is in closed form. For d = 1 these are the equations of Amit, Gutfreund & Sompolinsky
(1987), derived in docs/method.md. Temperatures are T, or d T where stated.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from plmemory.errors import InputError
from plmemory.theory.sphere import (
    alignment,
    check_dimension,
    kummer,
    lengths,
    log_normaliser,
    mean_length,
    projected,
)

_SMALLEST = 1e-9
# Range of x / sqrt(d) that contains the largest load.
_LEAST, _MOST, _GRID = 0.3, 4.0, 12


class State(NamedTuple):
    """A replica-symmetric state: its parameters and its free energy.

    alpha: the load. overlap: m. order: q. width: Delta, of the noise in each component of a
    field. response: chi. free_energy: per site. field: x = m / Delta.
    """

    alpha: float
    overlap: float
    order: float
    width: float
    response: float
    free_energy: float
    field: float


def capacity(dimension: int, temperature: float = 0.0) -> State:
    """The state of the largest load with retrieval; its ``alpha`` is the spinodal.

    ``temperature``: T, below 1/d, where retrieval ends for any load.

    Raises
    ------
    InputError
        If the dimension is not a positive integer, or the temperature is not in [0, 1/d).
    """
    check_dimension(dimension)
    if not 0 <= temperature * dimension < 1:
        raise InputError(f"temperature: found d T = {temperature * dimension:g}, expected 0 to 1")
    return _turning(dimension, float(temperature))


@functools.lru_cache(maxsize=1024)
def _turning(dimension: int, temperature: float) -> State:
    grid = np.sqrt(dimension) * np.geomspace(_LEAST, _MOST, _GRID)
    loads = [_retrieving(x, dimension, temperature).alpha for x in grid]
    best = int(np.argmax(loads))
    found = minimize_scalar(
        lambda x: -_retrieving(x, dimension, temperature).alpha,
        bounds=(grid[max(best - 1, 0)], grid[min(best + 1, _GRID - 1)]),
        method="bounded",
        options={"xatol": 1e-4 * grid[best]},
    )
    return _retrieving(float(found.x), dimension, temperature)


def retrieval(alpha: float, dimension: int, temperature: float = 0.0) -> State | None:
    """The retrieval state at load ``alpha`` > 0; None beyond the spinodal.

    Raises
    ------
    InputError
        If the load is not positive, or as for ``capacity``.
    """
    turn = capacity(dimension, temperature)
    if not alpha > 0:
        raise InputError(f"alpha: found {alpha}, expected a positive load")
    if alpha > turn.alpha:
        return None

    def excess(x: float) -> float:
        return _retrieving(x, dimension, temperature).alpha - alpha

    return _retrieving(_falling(excess, turn.field), dimension, temperature)


def no_retrieval(alpha: float, dimension: int, temperature: float = 0.0) -> State:
    """The state without overlap at load ``alpha``: the spin glass; q = 0 where there is none.

    Raises
    ------
    InputError
        If the dimension is not a positive integer.
    """
    check_dimension(dimension)
    if temperature == 0:
        width = (mean_length(dimension) + np.sqrt(alpha)) / dimension
        return _frozen(0.0, width, dimension)
    if temperature * dimension >= spin_glass_temperature(alpha, dimension):
        response = 1 / temperature
        free = alpha / 2 * (1 / dimension + temperature * np.log1p(-response / dimension))
        free -= temperature * float(log_normaliser(0.0, dimension))
        return State(alpha, 0.0, 0.0, 0.0, response, free, 0.0)

    def lacking(width: float) -> float:
        return alpha - _thermal(0.0, width, dimension, temperature).alpha

    return _thermal(0.0, _falling(lacking, _SMALLEST), dimension, temperature)


def first_order(dimension: int, temperature: float = 0.0) -> State:
    """The retrieval state with the free energy of the spin glass: the first-order transition."""
    turn = capacity(dimension, temperature)

    def difference(x: float) -> float:
        state = _retrieving(x, dimension, temperature)
        glass = no_retrieval(state.alpha, dimension, temperature)
        return state.free_energy - glass.free_energy

    return _retrieving(_falling(difference, turn.field), dimension, temperature)


def spin_glass_temperature(alpha: float, dimension: int) -> float:
    """d T below which there is a spin-glass state: 1 + sqrt(alpha / d)."""
    return float(1 + np.sqrt(alpha / dimension))


def replicon(state: State, dimension: int) -> float:
    """Lambda_0 at T = 0, positive where replica symmetry is stable; -inf for d = 1 and 2."""
    if dimension < 3:
        return -np.inf
    ratio = (dimension - 1) / (dimension - 2)
    return float(1 - ratio * kummer(1.0, dimension / 2, state.field))


def one_step(initial_overlap: np.ndarray | float, alpha: float, dimension: int) -> np.ndarray:
    """Overlap after one synchronous step, Phi_d(m0 d / sqrt(alpha)), at any load ``alpha``.

    Raises
    ------
    InputError
        If the dimension is not a positive integer.
    """
    check_dimension(dimension)
    return projected(np.asarray(initial_overlap) * dimension / np.sqrt(alpha), dimension)


def denoising_load(initial_overlap: float, dimension: int) -> float:
    """The load below which one step raises the overlap: (m0 d / Phi_d^-1(m0))^2, 0 <= m0 < 1.

    c_d^2 for m0 to 0: 2/pi, pi/2, 2.546, ... for d = 1, 2, 3, ...

    Raises
    ------
    InputError
        If the dimension is not a positive integer, or the overlap is not in [0, 1).
    """
    check_dimension(dimension)
    if not 0 <= initial_overlap < 1:
        raise InputError(
            f"initial overlap: found {initial_overlap}, expected one from 0 to below 1"
        )
    if initial_overlap == 0:
        return mean_length(dimension) ** 2
    x = _falling(lambda x: initial_overlap - float(projected(x, dimension)), 0.0)
    return float((initial_overlap * dimension / x) ** 2)


def _falling(function: Callable[[float], float], lower: float) -> float:
    """The root above ``lower`` of a function that is positive there and falls."""
    if function(lower) <= 0:
        return lower
    upper = 2 * lower + 0.1
    while function(upper) > 0:
        lower, upper = upper, 2 * upper
    return float(brentq(function, lower, upper, xtol=1e-13, rtol=1e-10))


def _retrieving(x: float, dimension: int, temperature: float) -> State:
    """The state with m = x Delta; its load is zero where the response is too large for one."""
    widest = float(projected(x, dimension)) / x
    if temperature == 0:
        return _frozen(x, widest, dimension)
    nodes, weights = lengths(x, dimension, dimension * temperature / widest)
    signal = weights * alignment(nodes * x, dimension)

    def excess(width: float) -> float:
        return float(signal @ alignment(nodes * width / temperature, dimension)) / width - x

    width = brentq(excess, _SMALLEST, widest * (1 + 1e-9), xtol=1e-14, rtol=1e-11)
    return _thermal(x, width, dimension, temperature)


def _frozen(x: float, width: float, dimension: int) -> State:
    """The state at T = 0 of this field and this width."""
    response = float(mean_length(dimension) * kummer(0.5, dimension / 2, x)) / width
    overlap, rest = x * width, dimension - response
    alpha = (width * rest) ** 2
    # The mean length of the field is x m + Delta chi, by parts.
    free = -(overlap**2) / 2 - width**2 * response / 2 - alpha / 2 * (1 / rest - 1 / dimension)
    return State(alpha, overlap, 1.0, width, response, free, x)


def _thermal(x: float, width: float, dimension: int, temperature: float) -> State:
    """The state at T > 0 of this field and this width."""
    nodes, weights = lengths(x, dimension, dimension * temperature / width)
    fields = nodes * width / temperature
    order = float(weights @ alignment(fields, dimension) ** 2)
    response = (1 - order) / temperature
    free = -temperature * float(weights @ log_normaliser(fields, dimension))
    overlap, rest = x * width, dimension - response
    if rest <= 0:
        return State(0.0, overlap, order, width, response, np.nan, x)
    alpha = (width * rest) ** 2 / order
    free += overlap**2 / 2 + width**2 * response / 2 + alpha / (2 * dimension)
    free += alpha / 2 * (temperature * np.log(rest / dimension) - order / rest)
    return State(alpha, overlap, order, width, response, free, x)
