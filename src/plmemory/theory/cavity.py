"""The change of a stability by learning, for the pseudo-likelihood.

The cavity stability z of a pattern, its stability if it were not learned, becomes

    Delta - z = chi (1 - tanh(b Delta)) = exp(s - log(1 + exp(2 b Delta))),   s = log(2 chi).

z(Delta) is explicit, so integrals over Delta need no inner root; s instead of chi keeps numbers
finite where chi grows like exp(2 b kappa).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from plmemory.theory.distribution import REACH, normal_density
from plmemory.theory.quadrature import graded

_HUGE = 300.0  # the square of exp of this is still finite


@dataclass(frozen=True)
class CavityMap:
    """The monotone map between cavity stability z and learned stability Delta."""

    b: float
    s: float

    def shift(self, x: np.ndarray) -> np.ndarray:
        """Delta - z at Delta = x."""
        return np.exp(np.minimum(self.s - np.logaddexp(0.0, 2 * self.b * x), _HUGE))

    def gaussian(self, x: np.ndarray) -> np.ndarray:
        """z at Delta = x: the standard Gaussian cavity stability."""
        return x - self.shift(x)

    def rise(self, x: np.ndarray) -> np.ndarray:
        """dz/dDelta at Delta = x."""
        return 1 + 2 * self.b * self.shift(x) * expit(2 * self.b * x)

    def density(self, x: np.ndarray) -> np.ndarray:
        """Density of the stabilities Delta at x."""
        return normal_density(self.gaussian(x)) * self.rise(x)

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
        """Where the slope of the map changes to one: the nearest branch point of Delta*(z)."""
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
        """Ends of panels: narrow between the kinks and slightly beyond, then growing.

        The kinks have the width 1/b. Left of the kink log(Delta - z) falls linearly in Delta by
        2b, so that a unit of z around zero has the width 1/(2 b kink).
        """
        lower, upper = self.support
        width = 0.5 / (self.b * (1 + self.kink))
        core = np.arange(-self.kink - 4 / self.b, self.kink + 4 / self.b, width)
        return np.union1d(
            graded(lower, upper, self.kink, width), core[(core > lower) & (core < upper)]
        )
