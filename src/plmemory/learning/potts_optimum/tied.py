"""The symmetric problem: J_ij(a, b) = J_ji(b, a), all rows in one search.

A coupling of two sites is one unknown. The unknowns are those of the rows, J_ij with j < i, in the
same coordinates, in which a tied point is tied as well; their scale is divided by the square root
of two, so that lengths are those of a point with both halves.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from plmemory.learning.potts_optimum.coordinates import (
    Problem,
    coupling_scales,
    evaluate_at,
    field_scales,
    parameters,
    start_of,
)
from plmemory.learning.potts_optimum.lbfgs import Minimum, minimise
from plmemory.machine.workers import Workers


def solve(
    problem: Problem, tolerance: float, max_iterations: int
) -> tuple[np.ndarray, np.ndarray, list[Minimum]]:
    """Couplings and fields (padded layout) of all rows, and the minima."""
    with Workers() as workers:
        tied = Tied(problem, workers)
        found = minimise(
            tied.evaluate,
            tied.start(),
            tolerance=tolerance,
            max_iterations=max_iterations,
            workers=workers,
        )
    rows = [parameters(problem, site, *tied.row(found.point, site)) for site in tied.sites]
    return np.stack([r[0] for r in rows]), np.stack([r[1] for r in rows]), [found]


class Tied:
    """F of tied couplings; the sites are distributed over ``workers``."""

    def __init__(self, problem: Problem, workers: Workers) -> None:
        self.problem, self.workers = problem, workers
        self.sites = range(problem.data.sequences.shape[1])
        halves = [coupling_scales(problem, i, slice(0, i)) / np.sqrt(2) for i in self.sites]
        self.scales = np.concatenate(halves).astype(problem.coordinates.bases.dtype)
        self.field_scales = field_scales(problem, slice(0, len(self.sites)))
        states = problem.data.states
        self._slopes = np.empty(
            (len(self.sites), len(self.sites), states, states), self.scales.dtype
        )

    def start(self) -> np.ndarray:
        """The optimum without couplings, as a point of the search."""
        start = np.zeros(self.scales.size + self.field_scales.size, self.scales.dtype)
        fields = np.stack([start_of(self.problem, site) for site in self.sites])
        self._apart(start)[1][:] = fields / self.field_scales
        return start

    def row(self, point: np.ndarray, site: int) -> tuple[np.ndarray, np.ndarray]:
        """Couplings (N, q, q) and field (q,) of one site along the axes."""
        half, fields = self._apart(point)
        couplings = np.empty(self._slopes.shape[1:], self.scales.dtype)
        _unfold(half, self.scales, site, couplings)
        return couplings, fields[site] * self.field_scales[site]

    def evaluate(self, point: np.ndarray, gradient: np.ndarray) -> float:
        """F at a point of the search; writes its gradient."""
        half, fields = self._apart(gradient)

        def one(site: int) -> float:
            objective, fields[site] = evaluate_at(
                self.problem, site, *self.row(point, site), self._slopes[site]
            )
            return objective

        objective = sum(self.workers.map(one, self.sites))
        fields *= self.field_scales
        self.workers.map(lambda site: _fold(self._slopes, self.scales, site, half), self.sites)
        return objective

    def _apart(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The unknowns of couplings (N (N - 1) / 2, q, q) and of fields (N, q)."""
        couplings, fields = np.split(point, [self.scales.size])
        return couplings.reshape(self.scales.shape), fields.reshape(self.field_scales.shape)


@njit(nogil=True, cache=True)
def _unfold(half: Any, scales: Any, site: int, couplings: Any) -> None:
    """The couplings (N, q, q) of one site, from the unknowns (N (N - 1) / 2, q, q) and scales."""
    sites, states, _ = couplings.shape
    couplings[site] = 0
    for j in range(sites):
        low, high = min(site, j), max(site, j)
        pair = high * (high - 1) // 2 + low
        for a in range(states if j != site else 0):
            for b in range(states):
                value = half[pair, a, b] * scales[pair, a, b]
                if j < site:
                    couplings[j, a, b] = value
                else:
                    couplings[j, b, a] = value


@njit(nogil=True, cache=True)
def _fold(slopes: Any, scales: Any, site: int, half: Any) -> None:
    """The gradient in the unknowns of J_ij with j < i = ``site``, from those of rows."""
    states = slopes.shape[-1]
    for j in range(site):
        pair = site * (site - 1) // 2 + j
        one, other, scale, out = slopes[site, j], slopes[j, site], scales[pair], half[pair]
        for a in range(states):
            for b in range(states):
                out[a, b] = (one[a, b] + other[b, a]) * scale[a, b]
