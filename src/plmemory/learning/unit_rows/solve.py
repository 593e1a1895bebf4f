"""Rows of unit norm at the minimum of a smooth loss of their stabilities, all sites at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from plmemory.learning.logistic_rows.precisions import block, minimise_rows
from plmemory.learning.logistic_rows.row_space import RowSpace, row_space
from plmemory.learning.result import Learned
from plmemory.learning.unit_rows.minimise import Loss, Minimum, minimise
from plmemory.machine.backend import Backend
from plmemory.machine.workers import split

_ROUGH = 0.1  # sufficient relative gradient for the earlier losses


def learn_unit_rows(
    patterns: np.ndarray,
    backend: Backend,
    path: Sequence[Loss],
    *,
    tolerance: float,
    max_iterations: int,
) -> Learned:
    """Rows of norm one that minimise the last loss of ``path`` for the patterns (R, P, N).

    The descent starts from Hebb's rows and passes near the minima of the earlier losses.

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
    """Minimise the rows of one replicate; fills ``couplings``."""
    count, sites = spins.shape
    settings: dict[str, Any] = {"tolerance": tolerance, "max_iterations": max_iterations}

    def begin(space: RowSpace) -> Any:
        start = space.gradient(backend.asarray(np.ones((sites, count))))
        start /= (backend.xp.einsum("ij,ij->i", start, start) ** 0.5)[:, None]
        return start

    def along(space: RowSpace, point: Any, again: bool) -> Minimum:
        for loss in () if again else path[:-1]:
            rough = {**settings, "tolerance": _ROUGH}
            point = minimise(space, point, loss, **rough).coordinates
        return minimise(space, point, path[-1], **settings)

    space_on = partial(row_space, spins, np.full(count, 1 / count))
    pieces = split(sites, block(backend, count))
    return minimise_rows(Minimum, space_on, begin, along, backend, couplings, pieces, **settings)
