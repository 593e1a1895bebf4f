"""Rows on their own: without the tie each is a problem, and a search, of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from plmemory.files import checkpoints
from plmemory.learning.potts_optimum.coordinates import (
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


def solve(
    rows: slice, problem: Problem, tolerance: float, max_iterations: int
) -> tuple[np.ndarray, np.ndarray, list[Minimum]]:
    """Couplings and fields (padded layout) of some rows, and their minima."""

    def row(site: int) -> tuple[np.ndarray, np.ndarray, Minimum]:
        alone = Alone(problem, site)
        found = minimise(
            alone.evaluate, alone.start(), tolerance=tolerance, max_iterations=max_iterations
        )
        # The point is as large as the couplings, and no longer needed.
        return *alone.row(found.point), found._replace(point=np.empty(0))

    sites = range(len(problem.coordinates.to_axes))
    with Workers() as workers:
        found = checkpoints.pieces(row, sites[rows], workers=workers)
    tables, fields, minima = zip(*found, strict=True)
    return np.stack(tables), np.stack(fields), list(minima)


class Alone:
    """The contribution to F of one row."""

    def __init__(self, problem: Problem, site: int) -> None:
        self.problem, self.site = problem, site
        self.scales = coupling_scales(problem, site, slice(None))
        self.field_scales = field_scales(problem, site)
        self._desk = desk(problem)
        self._slope = np.empty_like(self._desk.space.couplings)

    def start(self) -> np.ndarray:
        """The optimum without couplings, as a point of the search."""
        start = np.zeros(self.scales.size + len(self.field_scales), self.scales.dtype)
        self._apart(start)[1][:] = start_of(self.problem, self.site) / self.field_scales
        return start

    def row(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Couplings (N, q, Q) and field (Q,)."""
        along, field = self._apart(point)
        _set_row(self.problem.coordinates, self.site, self._desk, along, self.scales)
        couplings = self._desk.space.couplings
        own = field_of(self.problem.coordinates, self.site, couplings, field * self.field_scales)
        return couplings.reshape(*along.shape[:2], -1), own

    def evaluate(self, point: np.ndarray, gradient: np.ndarray) -> float:
        """F at a point of the search; writes its gradient."""
        along, field = self._apart(point)
        slopes, field_slope = self._apart(gradient)
        objective = _evaluate(
            *(self.problem, self.site, self._desk, along, self.scales),
            *(field * self.field_scales, self._slope, slopes, field_slope),
        )
        field_slope *= self.field_scales
        return float(objective)

    def _apart(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The unknowns of couplings (N, q, q) and of the field (q,)."""
        couplings, field = np.split(point, [self.scales.size])
        return couplings.reshape(self.scales.shape), field


@compiled
def _set_row(coordinates: Any, site: int, own: Any, along: Any, scales: Any) -> float:
    """Set the couplings on the desk; returns the sum of their squares in coordinates."""
    states, squares = along.shape[1], 0.0
    for j in range(len(along)):
        couplings = own.space.couplings[j * states : (j + 1) * states]
        if j == site:
            couplings[:] = 0
        else:
            squares += set_couplings(
                coordinates, j, site, along[j], scales[j], own.pairs, couplings
            )
    return squares


@compiled
def _evaluate(
    problem: Any,
    site: int,
    own: Any,
    along: Any,
    scales: Any,
    field: Any,
    slope: Any,
    gradient: Any,
    field_gradient: Any,
) -> float:
    axes, states, penalty = problem.coordinates, along.shape[1], problem.coupling_penalty
    squares = _set_row(axes, site, own, along, scales)
    objective = row_objective(problem, site, own.space, field, slope, field_gradient)
    for j in range(len(along)):
        if j == site:
            gradient[j] = 0
        else:
            set_gradient(
                *(axes, j, site, slope[j * states : (j + 1) * states], along[j], scales[j]),
                *(own.pairs, gradient[j], along.dtype.type(penalty)),
            )
    return objective + penalty / 2 * squares
