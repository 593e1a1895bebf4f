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
    field_of,
    field_scales,
    of_colours,
    row_objective,
    square,
    start_of,
    to_axes,
)
from plmemory.learning.potts_optimum.lbfgs import Minimum, minimise
from plmemory.machine.workers import Workers
from plmemory.networks.potts.kernels import padded


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
        rows = tied.rows(found.point)
    return np.stack([r[0] for r in rows]), np.stack([r[1] for r in rows]), [found]


class Tied:
    """F of tied couplings; the sites are distributed over ``workers``.

    A pair of sites is transformed once, between coordinates and colours, for both of its rows.
    """

    def __init__(self, problem: Problem, workers: Workers) -> None:
        self.problem, self.workers = problem, workers
        self.sites = range(problem.data.sequences.shape[1])
        halves = [coupling_scales(problem, i, slice(0, i)) / np.sqrt(2) for i in self.sites]
        self.scales = np.concatenate(halves).astype(problem.coordinates.bases.dtype)
        self.field_scales = field_scales(problem, slice(0, len(self.sites)))
        states, dtype = problem.data.states, self.scales.dtype
        # J_ij with j < i, (a_j, a_i), and the gradients of all rows.
        self._tables = np.empty((len(self.scales), states, states), dtype)
        width = padded(states)
        self._slopes = np.empty((len(self.sites), len(self.sites), states, width), dtype)

    def start(self) -> np.ndarray:
        """The optimum without couplings, as a point of the search."""
        start = np.zeros(self.scales.size + self.field_scales.size, self.scales.dtype)
        fields = np.stack([start_of(self.problem, site) for site in self.sites])
        self._apart(start)[1][:] = fields / self.field_scales
        return start

    def rows(self, point: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Couplings (N, q, Q) and field (Q,) of every site."""
        half, fields = self._apart(point)
        self.workers.map(lambda site: self._transform(site, half), self.sites)
        return [self._row(site, fields) for site in self.sites]

    def evaluate(self, point: np.ndarray, gradient: np.ndarray) -> float:
        """F at a point of the search; writes its gradient."""
        half, fields = self._apart(point)
        slopes, field_slopes = self._apart(gradient)

        def one(site: int) -> float:
            objective, self._slopes[site], field_slopes[site] = row_objective(
                self.problem, site, *self._row(site, fields)
            )
            return objective

        penalties = self.workers.map(lambda site: self._transform(site, half), self.sites)
        objective = sum(penalties) + sum(self.workers.map(one, self.sites))
        field_slopes *= self.field_scales
        self.workers.map(lambda site: self._fold(site, half, slopes), self.sites)
        return objective

    def _apart(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The unknowns of couplings (N (N - 1) / 2, q, q) and of fields (N, q)."""
        couplings, fields = np.split(point, [self.scales.size])
        return couplings.reshape(self.scales.shape), fields.reshape(self.field_scales.shape)

    def _transform(self, site: int, half: np.ndarray) -> float:
        """Set the couplings J_ij with j < i = ``site``; returns their penalty."""
        pairs = _pairs(site)
        couplings = half[pairs] * self.scales[pairs]
        basis = self.problem.coordinates.bases[site].T
        self._tables[pairs] = of_colours(self.problem, slice(site), basis, couplings)
        return self.problem.coupling_penalty * square(couplings)

    def _row(self, site: int, fields: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Couplings (N, q, Q) and field (Q,) of one site."""
        table = np.empty(self._slopes.shape[1:], self._slopes.dtype)
        _unfold(self._tables, site, table)
        field = fields[site] * self.field_scales[site]
        return table, field_of(self.problem, site, table, field)

    def _fold(self, site: int, half: np.ndarray, slopes: np.ndarray) -> None:
        """The gradient in the unknowns of J_ij with j < i = ``site``, from those of rows."""
        pairs, scales = _pairs(site), self.scales[_pairs(site)]
        both = np.empty_like(scales)
        _add(self._slopes, site, both)
        basis = self.problem.coordinates.bases[site].T
        found = slopes[pairs]
        to_axes(self.problem, slice(site), basis, both, found)
        found += scales.dtype.type(2 * self.problem.coupling_penalty) * (half[pairs] * scales)
        found *= scales


def _pairs(site: int) -> slice:
    """The places of the pairs of a site with those before it."""
    begin = site * (site - 1) // 2
    return slice(begin, begin + site)


@njit(nogil=True, cache=True)
def _unfold(half: Any, site: int, table: Any) -> None:
    """The couplings (N, q, Q) of one site, from those of pairs (N (N - 1) / 2, q, q)."""
    sites, states, _ = table.shape
    table[site] = 0
    for j in range(sites):
        low, high = min(site, j), max(site, j)
        pair = high * (high - 1) // 2 + low
        for b in range(states if j != site else 0):
            row = table[j, b]
            row[states:] = 0
            for a in range(states):
                row[a] = half[pair, b, a] if j < site else half[pair, a, b]


@njit(nogil=True, cache=True)
def _add(slopes: Any, site: int, both: Any) -> None:
    """The gradient in J_ij with j < i = ``site``, (i, q, q), the sum of both rows'."""
    states = both.shape[-1]
    for j in range(site):
        one, other, out = slopes[site, j], slopes[j, site], both[j]
        for b in range(states):
            for a in range(states):
                out[b, a] = one[b, a] + other[a, b]
