"""Minover: always learn the least stable pattern (Krauth & Mezard 1987, J. Phys. A 20, L745).

Each update of row i, from J = 0, adds the pattern with the smallest aligned field,

    J_ij <- J_ij + (1/N) xi_i^mu xi_j^mu,   mu = argmin xi_i h_i,

until all aligned fields are at least a target c. For larger c the row is closer to that of maximum
stability. After n updates the stability reached and the largest possible one obey

    min_mu xi_i h_i / |J_i|  <=  kappa_max  <=  |J_i| N / n,

the upper bound because J_i N / n is a point of the convex hull of the patterns.

Couplings count updates, and fields in units of 1/N are integers, exact in every step. A row makes
thousands of updates, one pattern each: the loop is compiled and runs on the CPU for any backend.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit

from plmemory.errors import InputError
from plmemory.files import checkpoints
from plmemory.learning.result import Learned
from plmemory.machine.backend import Backend
from plmemory.machine.workers import Workers, split

_PIECE = 64  # rows; since rows take different times, a few pieces per core


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    target_field: float,
    max_updates: int,
) -> Learned:
    """Rows with all aligned fields at ``target_field`` for the patterns (R, P, N) of +1/-1.

    ``target_field``: c. If a row is not done after ``max_updates``, it is returned as it is, and
    its replicate has not converged. Deterministic: ``rngs`` is not used.

    Diagnostics, for each replicate: the largest number of ``updates`` of its rows, ``row_updates``
    (R, N), the ``smallest_stability`` of any row, ``stability_bound``, the proven upper bound of
    that row, and the largest ``relative_gap`` between the two in any row.

    Raises
    ------
    InputError
        If ``target_field`` is not positive.
    """
    if not 0 < target_field < np.inf:
        raise InputError(f"target_field: found {target_field}, expected a positive number")
    replicates, _, sites = patterns.shape
    couplings = np.empty((replicates, sites, sites), dtype=backend.dtype)
    row_updates = np.empty((replicates, sites), dtype=np.int64)
    names = ("smallest_stability", "stability_bound", "relative_gap")
    found = {name: np.empty(replicates) for name in names}
    converged = np.empty(replicates, dtype=bool)
    for replicate, spins in enumerate(patterns):
        learnt = _train(spins, target_field * sites, max_updates)
        row_updates[replicate] = learnt.sum(axis=1)
        matrix = (learnt * spins.T).astype(np.float64) @ spins
        np.fill_diagonal(matrix, 0)
        norms = np.linalg.norm(matrix, axis=1)
        smallest = ((spins @ matrix.T) * spins).min(axis=0)
        converged[replicate] = np.all(smallest >= target_field * sites)
        lower, upper = smallest / norms, norms / row_updates[replicate]
        worst = lower.argmin()
        found["smallest_stability"][replicate] = lower[worst]
        found["stability_bound"][replicate] = upper[worst]
        found["relative_gap"][replicate] = (1 - lower / upper).max()
        couplings[replicate] = matrix / sites
    diagnostics = {"updates": row_updates.max(axis=1), "row_updates": row_updates, **found}
    return Learned(couplings, converged, {}, diagnostics)


def _train(spins: np.ndarray, goal: float, max_updates: int) -> np.ndarray:
    """How often each row learns each pattern (N, P); fields and ``goal`` in units of 1/N."""
    whole = spins.astype(np.float64)
    gram = whole @ whole.T
    signs = np.ascontiguousarray(whole.T)

    def train(rows: slice) -> np.ndarray:
        return _train_rows(gram, signs[rows], goal, max_updates)

    with Workers() as workers:
        blocks = split(len(signs), _PIECE)
        return np.concatenate(checkpoints.pieces(train, blocks, workers=workers))


@njit(nogil=True, cache=True)
def _train_rows(gram: np.ndarray, signs: np.ndarray, goal: float, max_updates: int) -> np.ndarray:
    """Rows with the entries ``signs`` (rows, P) in the patterns of the ``gram`` matrix (P, P)."""
    learnt = np.zeros(signs.shape, dtype=np.int64)
    fields = np.empty(signs.shape[1])
    for row, own in zip(learnt, signs):  # noqa: B905 - numba's zip has no strict
        fields[:] = 0
        smallest = 0.0
        for _ in range(max_updates):
            if smallest >= goal:
                break
            weakest = 0
            while fields[weakest] != smallest:
                weakest += 1
            row[weakest] += 1
            sign, overlaps = own[weakest], gram[weakest]
            smallest = np.inf
            for pattern in range(len(fields)):
                # The last term removes the site itself.
                fields[pattern] += sign * own[pattern] * overlaps[pattern] - 1
                smallest = min(smallest, fields[pattern])
    return learnt
