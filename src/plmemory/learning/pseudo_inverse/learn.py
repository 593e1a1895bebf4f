"""The pseudo-inverse or projection rule, with the self-couplings removed.

The couplings are the off-diagonal part of the projector onto the span of the patterns
(Personnaz, Guyon & Dreyfus 1985, J. Physique Lett. 46, L359; Kanter & Sompolinsky 1987,
Phys. Rev. A 35, 380). With independent patterns every xi_i h_i equals 1 - Proj_ii > 0, and
for random patterns the stability is sqrt((1 - alpha) / alpha).

The arithmetic is float64 on every device: the Gram matrix becomes singular as the load
approaches one, and its decomposition is a small part of any job.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plmemory.errors import InputError
from plmemory.learning.result import Learned
from plmemory.machine.backend import Backend
from plmemory.machine.part import WHOLE, Part


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    part: Part = WHOLE,
) -> Learned:
    """Off-diagonal projector onto the span of the patterns (R, P, N) of +1/-1.

    Linearly dependent patterns (duplicates, P >= N with structure) are handled through the
    rank of the Gram matrix, reported as ``rank`` (replicate,). Deterministic: ``rngs`` is
    accepted for the common interface and not used. ``part``: of the rows.

    Raises
    ------
    InputError
        If the patterns span all N sites: the projector is then the identity, which has no
        couplings between sites.
    """
    replicates, count, sites = patterns.shape
    rows = part.rows(sites)
    couplings = np.empty((replicates, rows.stop - rows.start, sites), dtype=backend.dtype)
    rank = np.empty(replicates, dtype=np.int64)
    double = replace(backend, dtype="float64")
    for replicate in range(replicates):
        basis = _orthonormal_span(patterns[replicate], double)
        rank[replicate] = basis.shape[1]
        if rank[replicate] == sites:
            raise InputError(
                f"pseudo-inverse: found {count} patterns that span all {sites} sites, "
                f"expected fewer than {sites} independent patterns"
            )
        couplings[replicate] = double.to_numpy(double.xp.matmul(basis[rows], basis.T))
        np.fill_diagonal(couplings[replicate][:, rows], 0)
    return Learned(couplings, np.ones(replicates, dtype=bool), {}, {"rank": rank})


def _orthonormal_span(patterns: np.ndarray, double: Backend):
    """Orthonormal columns (N, rank) that span the patterns (P, N)."""
    xp = double.xp
    spins = double.asarray(patterns)
    fewer = patterns.shape[0] < patterns.shape[1]
    gram = xp.matmul(spins, spins.T) if fewer else xp.matmul(spins.T, spins)
    # The Gram matrix holds exact integers, so a dependent pattern gives an eigenvalue that is
    # zero but for the rounding of the decomposition.
    values, vectors = xp.linalg.eigh(gram)
    kept = values > len(values) * np.finfo(np.float64).eps * values[-1]
    vectors = vectors[:, kept]
    return xp.matmul(spins.T, vectors) / xp.sqrt(values[kept]) if fewer else vectors
