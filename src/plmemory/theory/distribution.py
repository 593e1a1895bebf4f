"""The distribution of stabilities as a monotone function of a Gaussian variable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr, ndtri

from plmemory.theory.quadrature import gauss_legendre, graded

Function = Callable[[np.ndarray], np.ndarray]

# Gaussian mass beyond ten standard deviations: 2e-23.
REACH = 10.0
# The one-step map from overlap m0 has a step of width sqrt(1 - m0^2) / m0 at zero stability.
_SHARPEST = 1e-8


def normal_density(z: np.ndarray) -> np.ndarray:
    """The standard Gaussian density."""
    return np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)


@dataclass(frozen=True)
class StabilityDistribution:
    """Stabilities Delta = Delta*(z) with a standard Gaussian z and a non-decreasing Delta*.

    In replica-symmetric theory z is the stability that a pattern would have if it were not
    learned (the cavity field), and Delta*(z) its stability after learning.

    stability: z -> Delta*(z), vectorised.
    gaussian: Delta -> z, its inverse (-inf below the support, +inf above).
    density: Delta -> probability density of the continuous part.
    panels: increasing ends of panels that contain the continuous part and resolve its density;
    empty without a continuous part.
    atom, atom_mass: a stability shared by a finite fraction of the patterns, and this fraction.
    nodes, weights: the resulting quadrature, with one node for the atom.
    """

    stability: Function
    gaussian: Function
    density: Function
    panels: np.ndarray = field(repr=False)
    atom: float = float("nan")
    atom_mass: float = 0.0
    nodes: np.ndarray = field(init=False, repr=False)
    weights: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        nodes, weights = np.empty(0), np.empty(0)
        if self.panels.size:
            towards_zero = graded(self.panels[0], self.panels[-1], 0.0, _SHARPEST)
            nodes, weights = gauss_legendre(np.union1d(self.panels, towards_zero))
            weights = weights * self.density(nodes)
        if self.atom_mass > 0:
            nodes, weights = np.append(nodes, self.atom), np.append(weights, self.atom_mass)
        object.__setattr__(self, "nodes", nodes)
        object.__setattr__(self, "weights", weights)

    def expect(self, function: Function) -> np.ndarray:
        """Mean of ``function(stability)``; a function (K,) -> (..., K) gives the shape (...)."""
        return function(self.nodes) @ self.weights

    @property
    def mean(self) -> float:
        """Mean stability."""
        return float(self.nodes @ self.weights)

    @property
    def std(self) -> float:
        """Standard deviation of the stabilities."""
        return float(np.sqrt((self.nodes - self.mean) ** 2 @ self.weights))

    def cdf(self, stability: np.ndarray) -> np.ndarray:
        """Fraction of stabilities at or below ``stability``; ``cdf(0)``: unstable sites."""
        return ndtr(self.gaussian(np.asarray(stability, dtype=float)))

    def quantile(self, probability: np.ndarray) -> np.ndarray:
        """Stability below which a fraction ``probability`` in (0, 1) lies."""
        return self.stability(ndtri(np.asarray(probability, dtype=float)))
