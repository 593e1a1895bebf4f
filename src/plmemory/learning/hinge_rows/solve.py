"""Rows of unit norm at the minimum of a hinge of their stabilities, all sites at once.

If all patterns of a site can have the margin, the hinge is zero for many rows. Then the row of
largest stability is taken: it is the limit of the minima for larger margins, and the shortest row
with the margin. So the dual of plmemory.learning.maximum_stability.dual_ascent is ascended first.
It stops when it has proven that no row has the margin, after few iterations if the margin is far
from the largest stability. Close to it, the ascent has found the relevant patterns.

The arithmetic is float64 on every device: close to the largest stability losses are small
differences of large sums.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from plmemory.errors import InputError
from plmemory.learning.blocks import by_blocks
from plmemory.learning.hinge_rows.ascend import Bracket, ascend
from plmemory.learning.logistic_rows.row_space import RowSpace, row_space
from plmemory.learning.maximum_stability import dual_ascent
from plmemory.learning.result import Learned
from plmemory.machine.backend import Backend
from plmemory.machine.workers import Workers, split

# Rows per block: their variables must fit into a CPU's cache or a GPU's memory.
_BLOCK_NUMBERS = {"cpu": 2**18, "cuda": 2**29}


@dataclass(frozen=True)
class _HardMargin:
    """The hard-margin duals of the rows of a space."""

    space: RowSpace
    curvature: float

    @property
    def backend(self) -> Backend:
        return self.space.backend

    def take(self, rows: np.ndarray) -> _HardMargin:
        return replace(self, space=self.space.take(rows))

    def fields(self, variables: Any) -> Any:
        return self.space.fields(self.space.gradient(variables * 1))


def learn_hinge_rows(
    patterns: np.ndarray,
    backend: Backend,
    *,
    margin: float,
    squared: bool,
    gap: float,
    max_iterations: int,
) -> Learned:
    """Rows of norm one with the smallest hinge, or square of it, for the patterns (R, P, N).

    ``gap``: certified bound on the relative excess of the loss of a row over the smallest possible
    or, if all its patterns have the margin, of the largest possible smallest stability over its
    own. If the minimum is inside the ball |J_i| <= 1, which happens for small margins of patterns
    that cannot be separated, the ascent does not converge.

    Diagnostics, for each replicate: the mean ``loss`` of its rows, the number of its
    ``separable_rows``, whose patterns can all have the margin, the largest ``relative_gap`` and
    ``iterations`` of its rows.

    Raises
    ------
    InputError
        If ``margin`` is not positive.
    """
    if not 0 < margin < np.inf:
        raise InputError(f"margin: found {margin}, expected a positive number")
    replicates, _, sites = patterns.shape
    double = replace(backend, dtype="float64")
    couplings = np.empty((replicates, sites, sites), dtype=backend.dtype)
    settings = {"margin": margin, "gap": gap, "max_iterations": max_iterations}
    found = [
        _solve(spins, double, matrix, squared, settings)
        for spins, matrix in zip(patterns, couplings, strict=True)
    ]
    diagnostics = {
        "loss": np.array([bracket.loss.mean() for bracket in found]),
        "separable_rows": np.array([(bracket.loss == 0).sum() for bracket in found]),
        "relative_gap": np.array([bracket.relative_gap.max() for bracket in found]),
        "iterations": np.array([bracket.iterations.max() for bracket in found]),
    }
    return Learned(couplings, diagnostics["relative_gap"] <= gap, {}, diagnostics)


def _solve(
    spins: np.ndarray, double: Backend, couplings: np.ndarray, squared: bool, settings: Any
) -> Bracket:
    """All rows of one replicate, block by block; fills ``couplings``."""
    count, sites = spins.shape
    space = row_space(spins, np.full(count, 1 / count), double)
    # With a margin for rounding, so that steps never exceed the inverse curvature.
    curvature = 1.001 * count * float(double.to_numpy(space.values)[-1])
    size = _BLOCK_NUMBERS["cpu" if double.device == "cpu" else "cuda"]

    def solve(rows: slice) -> Bracket:
        part = space.take(rows)
        found = _solve_block(part, curvature, squared, **settings)
        couplings[rows] = double.to_numpy(part.couplings(found.coordinates))
        return found._replace(coordinates=None)

    with Workers() as workers:
        blocks = split(sites, size // count)
        return by_blocks(Bracket, solve, blocks, double, couplings, workers=workers)


def _solve_block(
    space: RowSpace,
    curvature: float,
    squared: bool,
    *,
    margin: float,
    gap: float,
    max_iterations: int,
) -> Bracket:
    """Solve the rows of a space: first as if they had the margin, then those that do not."""
    backend, xp = space.backend, space.backend.xp
    dual = _HardMargin(space, curvature)
    start = backend.asarray(np.ones((len(space.sites), len(space.projected))))
    hard = dual_ascent.ascend(
        dual, start, gap=gap, negligible=margin, max_iterations=max_iterations
    )
    coordinates = space.gradient(hard.variables * 1)
    coordinates /= (xp.einsum("ij,ij->i", coordinates, coordinates) ** 0.5)[:, None]
    loss, relative_gap = np.zeros(len(coordinates)), 1 - hard.lower / hard.upper
    without = np.flatnonzero(hard.upper < margin)
    if len(without):
        soft = ascend(
            space.take(without),
            hard.variables[without],
            curvature=curvature,
            margin=margin,
            squared=squared,
            gap=gap,
            max_iterations=max_iterations,
        )
        coordinates[without] = soft.coordinates
        loss[without], relative_gap[without] = soft.loss, soft.relative_gap
        hard.iterations[without] += soft.iterations
    return Bracket(coordinates, loss, relative_gap, hard.iterations)
