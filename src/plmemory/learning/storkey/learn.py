"""Storkey's incremental rule (Storkey & Valabregue 1999, Neural Networks 12, 869, equation 1).

Pattern after pattern, with local fields that leave out both sites of the coupling,

    J_ij <- J_ij + (1/N) (xi_i xi_j - xi_i h_ji - h_ij xi_j),   h_ij = sum_{k != i, j} J_ik xi_k.

For symmetric couplings with zero diagonal h_ij = h_i - J_ij xi_j, and the step becomes

    J_ij <- (1 + 2/N) J_ij + (1/N) ((xi - h)_i (xi - h)_j - h_i h_j),   i != j,

so the couplings are a sum of 2 P outer products, which are computed only at the end: pattern mu
costs O(mu N) operations and the final product O(P N^2).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.learning.result import Learned
from plmemory.machine.backend import Backend


def learn(
    patterns: np.ndarray, backend: Backend, rngs: Sequence[np.random.Generator] = ()
) -> Learned:
    """Storkey's couplings of the patterns (R, P, N) of +1/-1, learned in their order.

    Deterministic: ``rngs`` is accepted for the common interface and not used.
    """
    replicates, _, sites = patterns.shape
    couplings = np.empty((replicates, sites, sites), dtype=backend.dtype)
    for replicate in range(replicates):
        couplings[replicate] = _learn_one(patterns[replicate], backend)
        np.fill_diagonal(couplings[replicate], 0)
    return Learned(couplings, np.ones(replicates, dtype=bool), {}, {})


def _learn_one(patterns: np.ndarray, backend: Backend) -> np.ndarray:
    """The sum of outer products (N, N) of one replicate, with its diagonal."""
    xp = backend.xp
    count, sites = patterns.shape
    growth = 1 + 2 / sites
    spins = backend.asarray(patterns)
    vectors = backend.zeros((2 * count, sites))
    # The final weight of pattern nu is growth ** (P - 1 - nu); a later pattern sees it without the
    # growth that is still to come.
    final = growth ** np.arange(count - 1, -1, -1.0) / sites
    weights = backend.asarray(np.stack([final, -final], axis=1).ravel())[:, None]
    diagonal = backend.zeros((sites,))
    for pattern in range(count):
        learned = vectors[: 2 * pattern]
        overlaps = xp.matmul(learned, spins[pattern]) * weights[: 2 * pattern, 0]
        to_come = growth ** (count - pattern)
        field = xp.matmul(learned.T, overlaps) / to_come - diagonal * spins[pattern]
        vectors[2 * pattern] = spins[pattern] - field
        vectors[2 * pattern + 1] = field
        diagonal = growth * diagonal + (vectors[2 * pattern] ** 2 - field**2) / sites
    return backend.to_numpy(xp.matmul(vectors.T, weights * vectors))
