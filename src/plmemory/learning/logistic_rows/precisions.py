"""Rows minimised block by block in the backend's precision, and finished in float64."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from plmemory.learning.blocks import by_blocks
from plmemory.machine.backend import Backend
from plmemory.machine.part import within
from plmemory.machine.workers import Workers, split

# Rows per block: enough for efficient products, but few enough that their margins fit into a CPU's
# cache or a GPU's memory.
_BLOCK_NUMBERS = {"cpu": 2**19, "cuda": 2**30}


def block(backend: Backend, count: int) -> int:
    """The number of rows per block for ``count`` patterns."""
    return _BLOCK_NUMBERS["cpu" if backend.device == "cpu" else "cuda"] // count


def minimise_rows(
    kind: Callable[..., Any],
    space_on: Callable[[Backend], Any],
    begin: Callable[[Any], Any],
    minimise: Callable[[Any, Any, bool], Any],
    backend: Backend,
    couplings: np.ndarray,
    pieces: list[slice],
    *,
    tolerance: float,
    max_iterations: int,
) -> Any:
    """The minimum, of a ``kind``, of all rows of ``pieces``; fills their ``couplings`` (n, N).

    ``space_on``: makes the space of the rows on a backend. ``begin``: returns their start in a
    space. ``minimise``: takes the space of some rows, their start, and whether they were minimised
    before; returns their minimum: coordinates, then arrays (rows,), among them
    ``relative_gradient`` and ``iterations``. Rows that cannot reach the tolerance because of
    rounding in float32 are minimised again in float64.
    """
    with Workers() as workers:

        def run(space: Any, points: Any, blocks: Sequence[slice], again: bool) -> Any:
            def solve(rows: slice) -> Any:
                found = minimise(space.take(rows), points[rows], again)
                points[rows] = found.coordinates
                return found._replace(coordinates=None)

            found = by_blocks(kind, solve, blocks, space.backend, points, workers=workers)
            return found._replace(coordinates=points)

        space = space_on(backend)
        found = run(space, begin(space), within(pieces), False)
        couplings[:] = backend.to_numpy(space.couplings(found.coordinates))
        left = np.flatnonzero(
            (found.relative_gradient > tolerance) & (found.iterations < max_iterations)
        )
        if backend.dtype == "float64" or not len(left):
            return found
        double = replace(backend, dtype="float64")
        space = space_on(double).take(left)
        points = double.asarray(backend.to_numpy(found.coordinates[left]))
        blocks = split(len(left), block(double, len(space.weights)))
        finished = run(space, points, blocks, True)
        couplings[left] = double.to_numpy(space.couplings(finished.coordinates))
    for total, part in zip(found[1:], finished[1:], strict=True):
        total[left] = part
    return found
