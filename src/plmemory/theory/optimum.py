"""Replica-symmetric stabilities at the optimum of any smooth loss, on random patterns.

A row J_i of norm one minimises the sum over the patterns of V(Delta). In the limit N to infinity
each pattern's stability minimises V plus (Delta - z)^2 / (2 chi), with z a standard Gaussian:

    Delta - z = -chi V'(Delta),

and chi is fixed by alpha E[(Delta - z)^2] = 1 (Griniasty & Gutfreund 1991, J. Phys. A 24, 715;
Wong & Sherrington 1990, J. Phys. A 23, 4659). For a convex loss replica symmetry is exact as long
as the optimum on the sphere is the optimum in the ball. As in ``fixed_norm``, where the
pseudo-likelihood has its own solution for extreme norms, integrals are done over Delta.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from plmemory.errors import InputError
from plmemory.theory.distribution import REACH, Function, StabilityDistribution, normal_density
from plmemory.theory.quadrature import gauss_legendre

_Z_STEP = 0.5  # largest span of z in a panel
_BEND = 1.5  # largest ratio of the slopes dz/dDelta at the ends of a panel
_NARROWEST = 1e-9  # width of panels at a floor, where the slope vanishes
_LARGEST_LOG_CHI = 600.0  # exp of this, times any slope that matters, is finite
_NEGLIGIBLE = 1e-6  # fraction of patterns


@dataclass(frozen=True)
class Loss:
    """A loss V(Delta) of the stability.

    slope, bend: V' and V'', vectorised. kinks: stabilities where V'' jumps. floor: function of chi,
    the stability above which z(Delta) increases; minus infinity for a convex loss.
    """

    slope: Function
    bend: Function
    kinks: tuple[float, ...] = ()
    floor: Callable[[float], float] = field(default=lambda chi: -np.inf)


@dataclass(frozen=True)
class OptimumStability(StabilityDistribution):
    """Stabilities at the optimum of a loss, with further results of the theory.

    chi: the response of a stability to its own cavity field. multiplier: mu of the term
    mu N |J_i|^2 / 2 that holds the row on its sphere, in units of the loss; positive where the
    optimum on the sphere is the optimum in the ball. replicon: 1 - alpha E[(1 - dDelta/dz)^2],
    positive where replica symmetry is stable (de Almeida & Thouless 1978).
    """

    chi: float = field(kw_only=True)
    multiplier: float = field(kw_only=True)
    replicon: float = field(kw_only=True)


@dataclass(frozen=True)
class _Map:
    """The monotone map between cavity stability z and learned stability Delta."""

    loss: Loss
    chi: float

    def gaussian(self, x: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            return x + self.chi * self.loss.slope(x)

    def rise(self, x: np.ndarray) -> np.ndarray:
        """dz/dDelta at Delta = x."""
        with np.errstate(over="ignore"):
            return 1 + self.chi * self.loss.bend(x)

    def density(self, x: np.ndarray) -> np.ndarray:
        density = normal_density(self.gaussian(x))
        # Where z is so large that it has no weight, the slope may be infinite.
        return density * np.where(density > 0, self.rise(x), 1)

    def stability(self, z: np.ndarray) -> np.ndarray:
        """Delta*(z), by bisection; the floor for all z below its value there."""
        z = np.asarray(z, dtype=float)
        floor = self.loss.floor(self.chi)
        lower = upper = np.maximum(z, floor)
        width = 1.0
        while (high := (self.gaussian(lower) > z) & (lower > floor)).any():
            lower = np.where(high, np.maximum(lower - width, floor), lower)
            width *= 2
        width = 1.0
        while (low := self.gaussian(upper) < z).any():
            upper = np.where(low, upper + width, upper)
            width *= 2
        for _ in range(80):
            middle = (lower + upper) / 2
            below = self.gaussian(middle) < z
            lower, upper = np.where(below, middle, lower), np.where(below, upper, middle)
        return (lower + upper) / 2

    @property
    def panels(self) -> np.ndarray:
        """Ends of panels in which neither z nor dz/dDelta changes much."""
        ends = self.stability(np.arange(-REACH, REACH + _Z_STEP, _Z_STEP))
        kinks = [kink for kink in self.loss.kinks if ends[0] < kink < ends[-1]]
        ends = np.unique(np.concatenate([ends, kinks]))
        while True:
            # Just inside the panel: at a kink the slope jumps.
            inside = np.diff(ends) * 1e-6
            rises = self.rise(ends[:-1] + inside), self.rise(ends[1:] - inside)
            bends = np.maximum(*rises) > _BEND * np.minimum(*rises)
            bent = np.flatnonzero(bends & (np.diff(ends) > _NARROWEST))
            if not bent.size:
                return ends
            ends = np.insert(ends, bent + 1, (ends[bent] + ends[bent + 1]) / 2)


def optimum(alpha: float, loss: Loss) -> OptimumStability | None:
    """Stabilities at the optimum of ``loss`` at load ``alpha``, which must be positive.

    None if there is no such solution. At small loads all patterns may be where the loss is flat; at
    large loads the optimum in the ball may be inside it; and with a non-convex loss some patterns
    may be abandoned, their stability jumping down from the floor.

    Raises
    ------
    InputError
        If the load is not positive.
    """
    if not 0 < alpha < np.inf:
        raise InputError(f"alpha: found {alpha}, expected a positive load")

    def log_moment(log_chi: float) -> float:
        trial = _Map(loss, float(np.exp(log_chi)))
        nodes, weights = gauss_legendre(trial.panels)
        shift = nodes - trial.gaussian(nodes)
        # If all patterns reach a flat loss, at large chi only rounding remains.
        with np.errstate(over="ignore", invalid="ignore"):
            moment = alpha * (shift**2 * trial.density(nodes)) @ weights
        return float(np.log(moment)) if moment > 0 else -np.inf

    log_chi = _root(log_moment)
    if log_chi is None:
        return None
    learned = _Map(loss, float(np.exp(log_chi)))
    nodes, weights = gauss_legendre(learned.panels)
    weights = weights * learned.density(nodes)
    stiffness = 1 - 1 / learned.rise(nodes)
    multiplier = float(1 - alpha * stiffness @ weights) / learned.chi
    given_up = ndtr(learned.gaussian(np.asarray(loss.floor(learned.chi))))
    if multiplier < 0 or given_up > _NEGLIGIBLE:
        return None
    return OptimumStability(
        stability=learned.stability,
        gaussian=learned.gaussian,
        density=learned.density,
        panels=learned.panels,
        chi=learned.chi,
        multiplier=multiplier,
        replicon=float(1 - alpha * stiffness**2 @ weights),
    )


def _root(rising: Callable[[float], float]) -> float | None:
    """The zero of an increasing function; None if it is beyond the largest log chi."""
    low, high, step = -1.0, 0.0, 1.0
    while rising(low) > 0:
        low -= 1
    while rising(high) < 0:
        if high == _LARGEST_LOG_CHI:
            return None
        low, high, step = high, min(high + step, _LARGEST_LOG_CHI), 2 * step
    return float(brentq(rising, low, high, xtol=1e-13, rtol=1e-14))
