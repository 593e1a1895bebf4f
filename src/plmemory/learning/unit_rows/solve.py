"""Rows of unit norm at the minimum of a smooth loss of their stabilities, all sites at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

import numpy as np

from plmemory.files import checkpoints
from plmemory.learning.logistic_rows.row_space import RowSpace, row_space
from plmemory.learning.result import Learned
from plmemory.learning.unit_rows.minimise import Loss, Minimum, minimise
from plmemory.machine.backend import Backend
from plmemory.machine.workers import Workers, split

# Rows worked on at once: so few that their stabilities stay in a CPU's cache or a GPU's memory.
BLOCK_NUMBERS = {"cpu": 2**19, "cuda": 2**30}
_ROUGH = 0.1  # relative gradient that suffices on the way


def learn_unit_rows(
    patterns: np.ndarray,
    backend: Backend,
    path: Sequence[Loss],
    *,
    tolerance: float,
    max_iterations: int,
) -> Learned:
    """Rows of norm one that minimise the last loss of ``path`` for the patterns (R, P, N).

    The descent starts from Hebb's rows and passes roughly through the minima of the losses
    before.

    Diagnostics, for each replicate: the largest ``relative_gradient`` (see
    ``unit_rows.minimise``) and ``iterations`` of its rows, ``row_relative_gradient`` (R, N), and
    the smallest ``multiplier``: positive where the optimum on the sphere is that in the ball.
    """
    replicates, _, sites = patterns.shape
    couplings = np.empty((replicates, sites, sites), dtype=backend.dtype)
    found = [
        _solve(spins, backend, path, matrix, tolerance, max_iterations)
        for spins, matrix in zip(patterns, couplings, strict=True)
    ]
    gradients = np.stack([minimum.relative_gradient for minimum in found])
    diagnostics = {
        "relative_gradient": gradients.max(axis=1),
        "row_relative_gradient": gradients,
        "iterations": np.array([minimum.iterations.max() for minimum in found]),
        "multiplier": np.array([minimum.multiplier.min() for minimum in found]),
    }
    converged = np.all(gradients <= tolerance, axis=1)
    return Learned(couplings, converged, {}, diagnostics)


def _solve(
    spins: np.ndarray,
    backend: Backend,
    path: Sequence[Loss],
    couplings: np.ndarray,
    tolerance: float,
    max_iterations: int,
) -> Minimum:
    """Minimise the rows of one replicate; fills ``couplings``.

    Rows that the rounding of float32 keeps from the tolerance are finished in float64.
    """
    count, sites = spins.shape
    shares = np.full(count, 1 / count)
    settings = {"tolerance": tolerance, "max_iterations": max_iterations}
    with Workers() as workers:
        space = row_space(spins, shares, backend)
        start = space.gradient(backend.asarray(np.ones((sites, count))))
        start /= (backend.xp.einsum("ij,ij->i", start, start) ** 0.5)[:, None]
        found = _in_blocks(space, start, path, workers, settings)
        couplings[:] = backend.to_numpy(space.couplings(found.coordinates))
        left = np.flatnonzero(
            (found.relative_gradient > tolerance) & (found.iterations < max_iterations)
        )
        if backend.dtype == "float64" or not len(left):
            return found
        double = replace(backend, dtype="float64")
        space = row_space(spins, shares, double).take(left)
        start = double.asarray(backend.to_numpy(found.coordinates[left]))
        finished = _in_blocks(space, start, path[-1:], workers, settings)
        couplings[left] = double.to_numpy(space.couplings(finished.coordinates))
    for total, part in zip(found[1:], finished[1:], strict=True):
        total[left] = part
    return found


def _in_blocks(
    space: RowSpace, start: Any, path: Sequence[Loss], workers: Workers, settings: Any
) -> Minimum:
    """``minimise`` for so many rows at a time that their stabilities stay in fast memory."""
    size = BLOCK_NUMBERS["cpu" if space.backend.device == "cpu" else "cuda"]

    def solve(rows: slice) -> Minimum:
        part, point = space.take(rows), start[rows]
        for loss in path[:-1]:
            point = minimise(part, point, loss, **{**settings, "tolerance": _ROUGH}).coordinates
        found = minimise(part, point, path[-1], **settings)
        start[rows] = found.coordinates
        return found._replace(coordinates=None)

    blocks = split(len(start), size // len(space.projected))
    by_rows = partial(space.backend.by_rows, solve)
    parts = chain(*checkpoints.pieces(by_rows, blocks, start, workers=workers))
    numbers = [np.concatenate(columns) for columns in list(zip(*parts, strict=True))[1:]]
    return Minimum(start, *numbers)
