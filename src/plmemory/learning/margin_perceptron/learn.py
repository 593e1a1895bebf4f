"""The perceptron with a margin: learn patterns until all of them are stable enough.

In every sweep each row i adds all patterns whose stability does not exceed the margin kappa,

    J_ij <- J_ij + (1/N) sum_{mu: Delta_i^mu <= kappa} xi_i xi_j,   Delta_i^mu = xi_i h_i / |J_i|,

from J = 0, so the first sweep is Hebb's rule (Gardner 1988, J. Phys. A 21, 257, who updates pattern
after pattern). It ends if kappa is below the largest stability kappa_max of the row's patterns:
with n updates the projection on the optimal row is at least kappa_max n / N, and the norm hardly
more than kappa n / N.

Couplings count updates, and fields in units of 1/N are whole numbers: the recursion of the fields
through the Gram matrix is exact in float64, which is used on every device.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from plmemory.errors import InputError
from plmemory.learning.blocks import by_blocks
from plmemory.learning.result import Learned
from plmemory.machine.backend import Backend
from plmemory.machine.workers import Workers, split

# Rows per block: their fields must fit into a CPU's cache or a GPU's memory.
_BLOCK_NUMBERS = {"cpu": 2**18, "cuda": 2**29}


class _Trained(NamedTuple):
    """How often each pattern was learnt (rows, P) and, all (rows,), sweeps and convergence."""

    updates: np.ndarray
    sweeps: np.ndarray
    learnt: np.ndarray


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    margin: float,
    max_sweeps: int,
) -> Learned:
    """Rows with all stabilities above ``margin`` for the patterns (R, P, N) of +1/-1.

    If a row is not done after ``max_sweeps``, it is returned as it is, and its replicate has not
    converged: its patterns may have no such row. Deterministic: ``rngs`` is not used.

    Diagnostics, for each replicate: the largest number of ``sweeps`` and ``updates`` of its rows (a
    sweep makes as many updates as it adds patterns), ``row_sweeps`` and ``row_updates`` (R, N), and
    the ``smallest_stability``.

    Raises
    ------
    InputError
        If ``margin`` is negative.
    """
    if not 0 <= margin < np.inf:
        raise InputError(f"margin: found {margin}, expected zero or a positive number")
    replicates, _, sites = patterns.shape
    double = replace(backend, dtype="float64")
    couplings = np.empty((replicates, sites, sites), dtype=backend.dtype)
    row_sweeps = np.empty((replicates, sites), dtype=np.int64)
    row_updates = np.empty((replicates, sites), dtype=np.int64)
    smallest = np.empty(replicates)
    converged = np.empty(replicates, dtype=bool)
    for replicate, spins in enumerate(patterns):
        trained = _train(spins, double, margin, max_sweeps)
        matrix = double.to_numpy(
            double.xp.matmul(double.asarray(trained.updates * spins.T), double.asarray(spins))
        )
        np.fill_diagonal(matrix, 0)
        aligned = (spins @ matrix.T) * spins
        smallest[replicate] = (aligned / np.linalg.norm(matrix, axis=1)).min()
        couplings[replicate] = matrix / sites
        row_sweeps[replicate] = trained.sweeps
        row_updates[replicate] = trained.updates.sum(axis=1)
        converged[replicate] = trained.learnt.all()
    diagnostics = {
        "sweeps": row_sweeps.max(axis=1),
        "updates": row_updates.max(axis=1),
        "row_sweeps": row_sweeps,
        "row_updates": row_updates,
        "smallest_stability": smallest,
    }
    return Learned(couplings, converged, {}, diagnostics)


def _train(spins: np.ndarray, double: Backend, margin: float, max_sweeps: int) -> _Trained:
    """All rows of one replicate, block by block."""
    count, sites = spins.shape
    device_spins = double.asarray(spins)
    gram = double.xp.matmul(device_spins, device_spins.T)
    signs = double.asarray(spins.T)

    def train(rows: slice) -> _Trained:
        return _train_rows(gram, signs[rows], double, margin, max_sweeps)

    size = _BLOCK_NUMBERS["cpu" if double.device == "cpu" else "cuda"]
    with Workers() as workers:
        blocks = split(sites, size // count)
        return by_blocks(_Trained, train, blocks, double, workers=workers)


def _train_rows(gram: Any, signs: Any, backend: Backend, margin: float, most: int) -> _Trained:
    """Rows with the entries ``signs`` (rows, P) in the patterns of the ``gram`` matrix (P, P)."""
    xp = backend.xp
    rows = len(signs)
    result = backend.zeros(signs.shape)
    sweeps, learnt = np.zeros(rows, dtype=np.int64), np.ones(rows, dtype=bool)
    alive = np.arange(rows)
    updates, fields, squares = result * 1, result * 1, np.zeros(rows)

    def sums(a: Any, b: Any) -> np.ndarray:
        return backend.to_numpy(xp.einsum("ij,ij->i", a, b))

    for sweep in range(most + 1):
        goal = backend.asarray(margin * np.sqrt(squares))[:, None]
        added = (fields <= goal) * backend.asarray(1)
        left = np.flatnonzero(backend.to_numpy(added.sum(-1)) > 0)
        sweeps[alive[left]] = min(sweep + 1, most)
        finished = len(left) == 0 or sweep == most
        if finished or len(left) < 0.8 * len(alive):
            result[alive] = updates
            if finished:
                learnt[alive[left]] = False
                break
            alive, signs, squares = alive[left], signs[left], squares[left]
            updates, fields, added = updates[left], fields[left], added[left]
        # Fields and squares of the norm in units of 1/N and 1/N^2: whole numbers.
        change = xp.matmul(added * signs, gram)
        change *= signs
        change -= added.sum(-1)[:, None]
        squares = squares + 2 * sums(added, fields) + sums(added, change)
        fields += change
        updates += added
    return _Trained(backend.to_numpy(result).astype(np.int64), sweeps, learnt)
