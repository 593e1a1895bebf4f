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
    """Couplings and fields (padded layout) of all rows."""
    sites, states = problem.data.sequences.shape[1], problem.data.states
    everyone = range(sites)
    halves = [coupling_scales(problem, i, slice(0, i)) / np.sqrt(2) for i in everyone]
    scales = np.concatenate(halves).astype(problem.coordinates.bases.dtype)
    fields = field_scales(problem, slice(0, sites))
    slopes = np.empty((sites, sites, states, states), scales.dtype)

    def apart(point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return point[: scales.size].reshape(scales.shape), point[scales.size :].reshape(sites, -1)

    def row(point: np.ndarray, site: int) -> tuple[np.ndarray, np.ndarray]:
        """What ``evaluate_at`` takes of one site at a point of the search."""
        half, own = apart(point)
        couplings = np.empty((sites, states, states), scales.dtype)
        _unfold(half, scales, site, couplings)
        return couplings, own[site] * fields[site]

    def evaluate(point: np.ndarray, gradient: np.ndarray) -> float:
        half, own = apart(gradient)

        def one(site: int) -> float:
            objective, slopes[site], own[site] = evaluate_at(problem, site, *row(point, site))
            return objective

        objective = sum(workers.map(one, everyone))
        own *= fields
        workers.map(lambda site: _fold(slopes, scales, site, half), everyone)
        return objective

    start = np.zeros(scales.size + fields.size, scales.dtype)
    apart(start)[1][:] = [start_of(problem, site) / fields[site] for site in everyone]
    with Workers() as workers:
        found = minimise(
            evaluate,
            start,
            tolerance=tolerance,
            max_iterations=max_iterations,
            workers=workers,
        )
    rows = [parameters(problem, site, *row(found.point, site)) for site in everyone]
    return np.stack([r[0] for r in rows]), np.stack([r[1] for r in rows]), [found]


@njit(nogil=True, cache=True)
def _unfold(half: Any, scales: Any, site: int, couplings: Any) -> None:
    """The couplings (N, q, q) of one site, from the unknowns (N (N - 1) / 2, q, q) and scales."""
    first = site * (site - 1) // 2
    couplings[:site] = half[first : first + site] * scales[first : first + site]
    couplings[site] = 0
    for j in range(site + 1, len(couplings)):
        pair = j * (j - 1) // 2 + site
        couplings[j] = (half[pair] * scales[pair]).T


@njit(nogil=True, cache=True)
def _fold(slopes: Any, scales: Any, site: int, half: Any) -> None:
    """The gradient in the unknowns of J_ij with j < i = ``site``, from those of rows."""
    first = site * (site - 1) // 2
    for j in range(site):
        pair = first + j
        half[pair] = (slopes[site, j] + slopes[j, site].T) * scales[pair]
