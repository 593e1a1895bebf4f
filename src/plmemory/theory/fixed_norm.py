"""Replica-symmetric stabilities of the pseudo-likelihood optimum on random patterns.

A row J_i of fixed norm minimises the sum over the patterns of
(1/b) log 2cosh(b Delta) - Delta, b = lambda |J_i|. In the limit N to infinity each pattern's
stability minimises that loss plus (Delta - z)^2 / (2 chi), with z a standard Gaussian:

    Delta - z = chi (1 - tanh(b Delta)) = exp(s - log(1 + exp(2 b Delta))),   s = log(2 chi),

and chi is fixed by alpha E[(Delta - z)^2] = 1 (Griniasty & Gutfreund 1991). The loss is
convex, so replica symmetry is exact as long as the optimum lies on the sphere.

All integrals are done over Delta, not z: z(Delta) is explicit, so there is no inner root to
find, and s instead of chi keeps numbers finite where chi grows like exp(2 b kappa).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from plmemory.errors import InputError
from plmemory.theory.distribution import REACH, StabilityDistribution, normal_density
from plmemory.theory.quadrature import gauss_legendre, graded
from plmemory.theory.stabilities import CAPACITY

_HUGE = 300.0  # the square of exp of this is still finite


@dataclass(frozen=True)
class _Map:
    """The monotone map between cavity stability z and learned stability Delta."""

    b: float
    s: float

    def shift(self, x: np.ndarray) -> np.ndarray:
        """Delta - z at Delta = x."""
        return np.exp(np.minimum(self.s - np.logaddexp(0.0, 2 * self.b * x), _HUGE))

    def gaussian(self, x: np.ndarray) -> np.ndarray:
        return x - self.shift(x)

    def density(self, x: np.ndarray) -> np.ndarray:
        shift = self.shift(x)
        slope = 1 + 2 * self.b * shift * expit(2 * self.b * x)
        return normal_density(x - shift) * slope

    def stability(self, z: np.ndarray) -> np.ndarray:
        """Delta*(z), by bisection: below z + 1 or below the point where the shift is 1."""
        z = np.asarray(z, dtype=float)
        lower, upper = z, np.maximum(z + 1, self.s / (2 * self.b))
        for _ in range(64):
            middle = (lower + upper) / 2
            below = self.gaussian(middle) < z
            lower, upper = np.where(below, middle, lower), np.where(below, upper, middle)
        return (lower + upper) / 2

    @property
    def kink(self) -> float:
        """Where the map turns from steep to slope one: nearest branch point of Delta*(z)."""
        exponent = (self.s + np.log(self.b / 2)) / 2
        near = exponent + np.log(2) if exponent > 20 else np.arcsinh(np.exp(exponent))
        return float(near / self.b)

    @property
    def support(self) -> tuple[float, float]:
        """Stabilities between which |z| < REACH."""
        # The shift is at most 2 chi, and at most 1 right of s / (2 b).
        upper = min(max(self.s / (2 * self.b), REACH + 1), REACH + np.exp(min(self.s, _HUGE)))
        # For Delta >= 0 the shift is at least exp(s - 2 b Delta) / 2.
        reach = REACH + max(self.s, 0) / (2 * self.b)
        lower = (self.s - np.log(2 * reach)) / (2 * self.b)
        return (float(lower) if lower > 0 else -REACH), upper

    @property
    def panels(self) -> np.ndarray:
        """Narrow from one kink to the other and a little beyond, then growing.

        The kinks have the width 1/b. Left of the kink log(Delta - z) falls linearly in Delta by
        2b, so that a unit of z around zero has the width 1/(2 b kink).
        """
        lower, upper = self.support
        width = 0.5 / (self.b * (1 + self.kink))
        core = np.arange(-self.kink - 4 / self.b, self.kink + 4 / self.b, width)
        return np.union1d(
            graded(lower, upper, self.kink, width), core[(core > lower) & (core < upper)]
        )


@dataclass(frozen=True)
class PseudoLikelihoodStability(StabilityDistribution):
    """Stabilities of the pseudo-likelihood optimum, with what else the theory gives.

    b: lambda |J_i|.
    log_chi: log of the response chi of a stability to its own cavity field.
    multiplier: mu of the term mu N |J_i|^2 / 2 that holds the unit row on its sphere, in units of
        the loss; positive where the optimum on the sphere is the optimum in the ball.
    l2: gamma/lambda of the L2 term gamma |J_i|^2 / 2, added to the mean loss of a row
        (with J_i not normalised), whose free optimum is this one: mu / (alpha b).
    """

    b: float = field(kw_only=True)
    log_chi: float = field(kw_only=True)
    multiplier: float = field(kw_only=True)
    l2: float = field(kw_only=True)


def pseudo_likelihood(alpha: float, b: float) -> PseudoLikelihoodStability:
    """Stabilities of the pseudo-likelihood optimum at load ``alpha`` and b = lambda |J_i|.

    Raises InputError beyond the free optimum, which exists above load 2 only: there a longer
    row is no longer better, the problem on the sphere is not convex and the theory not safe.
    """
    for name, found in (("alpha", alpha), ("b", b)):
        if not (0 < found < np.inf):
            raise InputError(f"{name}: found {found}, expected a positive number")
    learned = _solve(alpha, b)
    if learned.multiplier < 0:
        raise InputError(
            f"b: found {b}, expected at most {free_optimum(alpha):.6g}, "
            f"the free optimum at load {alpha}"
        )
    return learned


def pseudo_likelihood_l2(alpha: float, l2: float) -> PseudoLikelihoodStability:
    """Stabilities of the free optimum of the mean loss of a row plus gamma |J_i|^2 / 2.

    ``l2``: gamma/lambda. Zero is allowed above load 2, where the loss itself has a minimum.
    """
    if not (0 < alpha < np.inf):
        raise InputError(f"alpha: found {alpha}, expected a positive number")
    if not (0 < l2 < np.inf or (l2 == 0 and alpha > CAPACITY)):
        raise InputError(f"l2: found {l2}, expected a positive number")
    # A longer row needs less decay; beyond the free optimum the decay is negative.
    low, high = np.log(1e-3), 0.0
    while _solve(alpha, np.exp(high)).l2 > l2:
        high += 1.0
    while _solve(alpha, np.exp(low)).l2 < l2:
        low -= 2.0
    log_b = brentq(lambda x: _solve(alpha, np.exp(x)).l2 - l2, low, high, xtol=1e-12)
    return _solve(alpha, float(np.exp(log_b)))


def free_optimum(alpha: float) -> float:
    """b = lambda |J_i| at the minimum of the loss without constraint; infinite up to load 2.

    The finite optimum appears where random patterns stop being separable (Cover 1965; for
    logistic regression Sur & Candes 2019).
    """
    return pseudo_likelihood_l2(alpha, 0.0).b if alpha > CAPACITY else np.inf


def _solve(alpha: float, b: float) -> PseudoLikelihoodStability:
    def log_moment(s: float) -> float:
        trial = _Map(b, s)
        nodes, weights = gauss_legendre(trial.panels)
        return float(np.log(alpha * (trial.shift(nodes) ** 2 * trial.density(nodes)) @ weights))

    # Delta - z <= 2 chi gives alpha 4 chi^2 >= 1; the moment grows with chi without bound.
    low, step = -0.5 * np.log(alpha), 1.0
    while log_moment(low + step) < 0:
        low, step = low + step, 2 * step
    s = float(brentq(log_moment, low - 1e-9, low + step, xtol=1e-13, rtol=1e-14))
    learned = _Map(b, s)
    nodes, weights = gauss_legendre(learned.panels)
    # 1 = mu chi + alpha E[1 - dDelta*/dz], and E[dDelta*/dz] is the integral of phi(z) over Delta.
    bent = learned.density(nodes) - normal_density(learned.gaussian(nodes))
    multiplier = float((1 - alpha * bent @ weights) * 2 * np.exp(-s))
    return PseudoLikelihoodStability(
        stability=learned.stability,
        gaussian=learned.gaussian,
        density=learned.density,
        panels=learned.panels,
        b=b,
        log_chi=float(s - np.log(2)),
        multiplier=multiplier,
        l2=multiplier / (alpha * b),
    )
