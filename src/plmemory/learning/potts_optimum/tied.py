"""The symmetric problem: J_ij(a, b) = J_ji(b, a), all rows in one search.

A coupling of two sites is one unknown. The unknowns are those of the rows, J_ij with j < i, in the
same coordinates, in which a tied point is tied as well; their scale is divided by the square root
of two, so that lengths are those of a point with both halves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from plmemory.learning.potts_optimum.coordinates import (
    Desk,
    Problem,
    coupling_scales,
    desk,
    field_of,
    field_scales,
    row_objective,
    set_couplings,
    set_gradient,
    start_of,
)
from plmemory.learning.potts_optimum.lbfgs import Minimum, minimise
from plmemory.machine.exponential import compiled
from plmemory.machine.workers import Workers
from plmemory.networks.potts.kernels import aligned


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
        couplings, fields = tied.rows(found.point)
    return couplings, fields, [found]


class Tied:
    """F of tied couplings.

    Each of the ``workers`` does its share of the sites. A pair of sites is transformed once,
    between coordinates and colours, for both of its rows.
    """

    def __init__(self, problem: Problem, workers: Workers) -> None:
        self.problem, self.workers = problem, workers
        sites, states, width = problem.coordinates.to_axes.shape
        dtype = problem.coordinates.to_axes.dtype
        halves = [coupling_scales(problem, i, slice(0, i)) / np.sqrt(2) for i in range(sites)]
        self.scales = np.concatenate(halves).astype(dtype)
        self.field_scales = field_scales(problem, slice(0, sites))
        self._shares = [(own, desk(problem)) for own in workers.shares(sites)]
        # J_ij with j < i, (a_j, a_i), and the gradients of all rows.
        pairs = len(self.scales)
        self._couplings = aligned(pairs * states, width, dtype).reshape(pairs, states, width)
        self._slopes = aligned(sites * sites * states, width, dtype).reshape(sites, -1, width)

    def start(self) -> np.ndarray:
        """The optimum without couplings, as a point of the search."""
        start = np.zeros(self.scales.size + self.field_scales.size, self.scales.dtype)
        fields = np.stack([start_of(self.problem, site) for site in range(len(self.field_scales))])
        self._apart(start)[1][:] = fields / self.field_scales
        return start

    def rows(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Couplings (N, N, q, Q) and fields (N, Q) of all sites."""
        half, fields = self._apart(point)
        fields = fields * self.field_scales
        self._set_pairs(half)
        rows, own = np.empty_like(self._slopes), np.empty_like(self._slopes[:, 0])
        for site, row in enumerate(rows):
            _gather(self._couplings, site, row)
            own[site] = field_of(self.problem.coordinates, site, row, fields[site])
        return rows.reshape(len(rows), len(rows), -1, rows.shape[-1]), own

    def evaluate(self, point: np.ndarray, gradient: np.ndarray) -> float:
        """F at a point of the search; writes its gradient."""
        half, fields = self._apart(point)
        slopes, field_slopes = self._apart(gradient)
        fields = fields * self.field_scales
        objectives = np.empty(len(fields))
        squares = self._set_pairs(half)
        self._each(
            lambda sites, own: _evaluate(
                self.problem,
                sites,
                own,
                self._couplings,
                fields,
                self._slopes,
                field_slopes,
                objectives,
            )
        )
        field_slopes *= self.field_scales
        self._each(
            lambda sites, own: _fold(
                self.problem, sites, own, self._slopes, half, self.scales, slopes
            )
        )
        return float(objectives.sum() + self.problem.coupling_penalty * squares.sum())

    def _set_pairs(self, half: np.ndarray) -> np.ndarray:
        """Set all couplings; returns the sums of their squares, by site."""
        squares = np.empty(len(self.field_scales))
        self._each(
            lambda sites, own: _set_pairs(
                self.problem.coordinates, sites, own, half, self.scales, self._couplings, squares
            )
        )
        return squares

    def _each(self, work: Callable[[np.ndarray, Desk], None]) -> None:
        """Let the workers do their shares of the sites."""
        self.workers.map(lambda share: work(*share), self._shares)

    def _apart(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The unknowns of couplings (N (N - 1) / 2, q, q) and of fields (N, q)."""
        couplings, fields = np.split(point, [self.scales.size])
        return couplings.reshape(self.scales.shape), fields.reshape(self.field_scales.shape)


@compiled
def _first_pair(site: int) -> int:
    """The place of the pairs of a site with those before it."""
    return site * (site - 1) // 2


@compiled
def _set_pairs(
    coordinates: Any, sites: Any, own: Any, half: Any, scales: Any, couplings: Any, squares: Any
) -> None:
    """Set J_ij with j < i for some sites i, and the sums of the ``squares`` of coordinates."""
    for i in sites:
        pair, squares[i] = _first_pair(i), 0.0
        for j in range(i):
            squares[i] += set_couplings(
                coordinates, j, i, half[pair], scales[pair], own.pairs, couplings[pair]
            )
            pair += 1


@compiled
def _evaluate(
    problem: Any,
    sites: Any,
    own: Any,
    couplings: Any,
    fields: Any,
    slopes: Any,
    field_slopes: Any,
    objectives: Any,
) -> None:
    """Objective and gradient of some rows."""
    for i in sites:
        _gather(couplings, i, own.space.couplings)
        objectives[i] = row_objective(problem, i, own.space, fields[i], slopes[i], field_slopes[i])


@compiled
def _gather(couplings: Any, site: int, row: Any) -> None:
    """The couplings (N q, Q) of one site, from those of pairs (N (N - 1) / 2, q, Q)."""
    states = couplings.shape[1]
    sites = len(row) // states
    for j in range(site):
        row[j * states : (j + 1) * states] = couplings[_first_pair(site) + j]
    row[site * states : (site + 1) * states] = 0
    for j in range(site + 1, sites):
        pair = couplings[_first_pair(j) + site]
        for b in range(states):
            out = row[j * states + b]
            out[states:] = 0
            for a in range(states):
                out[a] = pair[a, b]


@compiled
def _fold(
    problem: Any, sites: Any, own: Any, slopes: Any, half: Any, scales: Any, gradient: Any
) -> None:
    """The gradient in J_ij with j < i for some sites i, the sum of those of both rows."""
    states, both = half.shape[1], own.pairs[2]
    penalty = half.dtype.type(2 * problem.coupling_penalty)
    for i in sites:
        pair = _first_pair(i)
        for j in range(i):
            for b in range(states):
                one, out = slopes[i, j * states + b], both[b]
                out[states:] = 0
                for a in range(states):
                    out[a] = one[a] + slopes[j, i * states + a, b]
            set_gradient(
                problem.coordinates,
                j,
                i,
                both,
                half[pair],
                scales[pair],
                own.pairs,
                gradient[pair],
                penalty,
            )
            pair += 1
