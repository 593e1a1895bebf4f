"""Daydreaming: learn patterns and unlearn dreams at the same time.

From Hebb's couplings, each step takes a random pattern xi and a dream s, the fixed point that
zero-temperature dynamics reaches from a random state, and

    J_ij <- J_ij + (1 / tau N) (xi_i xi_j - s_i s_j),   i != j

(Serricchio, Bocchi, Chilin, Marino, Negri, Cammarota & Ricci-Tersenghi 2025, Neural Networks 186,
107216, arXiv:2405.08777). N steps are an epoch; after each, the couplings are divided by their
spectral norm, so that steps keep their relative size. Unlike unlearning it does not destroy what
it has learnt and needs no early stopping: the couplings become stationary, except for a noise that
vanishes with 1 / tau.

Dreams of one batch start from the same couplings; a batch should be much smaller than tau.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse.linalg import eigsh

from plmemory.errors import InputError
from plmemory.files import checkpoints
from plmemory.learning.hebb import learn as hebb
from plmemory.learning.result import Learned
from plmemory.learning.unlearning.learn import relax_sequentially
from plmemory.machine.backend import Backend
from plmemory.machine.chunks import chunks
from plmemory.machine.workers import Workers
from plmemory.networks.ising.couplings import local_fields, row_norms


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator],
    *,
    tau: float,
    epochs: int,
    batch: int,
) -> Learned:
    """Daydream from Hebb's couplings of the patterns (R, P, N), for ``epochs`` of N steps.

    ``tau``: the inverse learning rate. ``batch``: steps from the same couplings. Dreams relax site
    after site, in one random order for each batch; on the CPU for any backend, in its
    floating-point type. ``rngs`` draw patterns, states and orders.

    The training has a fixed length. The history shows how stationary it is: ``change``, the
    relative change of the couplings in an epoch, and ``min_stability``, both (record, replicate),
    at every ``epoch`` (record,).

    Raises
    ------
    InputError
        If ``tau`` is not positive.
    """
    if not 0 < tau < np.inf:
        raise InputError(f"tau: found {tau}, expected a positive number")
    couplings = hebb.learn(patterns, backend).couplings

    def train(replicate: int) -> np.ndarray:
        """Change and smallest stability (2, epochs) of one replicate; fills its couplings."""
        matrix, spins, rng = couplings[replicate], patterns[replicate], rngs[replicate]
        course = np.zeros((2, epochs))
        matrix /= _spectral_norm(matrix)
        for epoch in checkpoints.over(range(epochs), matrix, course, rng):
            before = matrix.copy()
            _daydream(matrix, spins, tau, batch, rng, workers)
            matrix /= _spectral_norm(matrix)
            change = np.linalg.norm(matrix - before) / np.linalg.norm(before)
            course[:, epoch] = change, _smallest_stability(matrix, spins)
        return course

    with Workers() as workers:
        courses = checkpoints.pieces(train, range(len(patterns)), couplings)
    change, smallest = np.stack(courses, axis=-1)
    history = {"epoch": np.arange(1, epochs + 1), "change": change, "min_stability": smallest}
    return Learned(couplings, np.ones(len(patterns), dtype=bool), history, {})


def _daydream(
    couplings: np.ndarray,
    spins: np.ndarray,
    tau: float,
    batch: int,
    rng: np.random.Generator,
    workers: Workers,
) -> None:
    """An epoch of the couplings (N, N) in place, with the patterns (P, N)."""

    def relax(piece: tuple[np.ndarray, np.ndarray]) -> None:
        relax_sequentially(couplings, *piece, order)

    sites = len(couplings)
    signs = np.array([-1, 1], dtype=couplings.dtype)
    for first in range(0, sites, batch):
        count = min(batch, sites - first)
        learnt = spins[rng.integers(len(spins), size=count)].astype(couplings.dtype)
        dreams = rng.choice(signs, size=(count, sites))
        order = rng.permutation(sites)
        pieces = (np.array_split(part, workers.count) for part in (dreams, dreams @ couplings))
        workers.map(relax, zip(*pieces, strict=True))
        rate = couplings.dtype.type(1 / (tau * sites))
        couplings += np.concatenate([learnt, dreams]).T @ np.concatenate(
            [rate * learnt, -rate * dreams]
        )
        np.fill_diagonal(couplings, 0)


def _spectral_norm(couplings: np.ndarray) -> float:
    """The largest absolute eigenvalue; one if all couplings are zero."""
    start = np.ones(len(couplings), dtype=couplings.dtype)
    largest = eigsh(couplings, k=1, which="LM", v0=start, return_eigenvectors=False)
    return float(abs(largest[0])) or 1.0


def _smallest_stability(couplings: np.ndarray, spins: np.ndarray) -> float:
    """The smallest stability of the patterns (P, N) at any site; nan with a row of zeros."""
    norms = row_norms(couplings[None])[0]
    if not norms.all():
        return float("nan")
    smallest = np.full(norms.shape, np.inf, couplings.dtype)
    for place in chunks(*spins.shape):
        own = spins[place].astype(couplings.dtype)
        np.minimum(smallest, (own * local_fields(couplings, own)).min(axis=0), out=smallest)
    return float((smallest / norms).min())
