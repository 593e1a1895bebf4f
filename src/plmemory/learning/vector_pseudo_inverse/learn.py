"""The pseudo-inverse for vector spins: the couplings of least norm that reproduce every pattern.

Row i is the solution of least norm of sum_(j != i) J_ij xi_j^mu = xi_i^mu for all mu. With C the
overlaps of the patterns, X_i (P, d) their spins at site i, and Pi_ii = X_i^T C^-1 X_i the block of
the projector onto the patterns, leaving site i out of C gives by Woodbury's identity

    J_ij = (1 - Pi_ii)^-1 X_i^T C^-1 X_j.

Removing Pi_ii alone, as is usual for Ising spins, would for d > 1 turn the fields away from the
patterns. For d = 1 the factor is one number per row, so this is the pseudo-inverse of Ising spins
with other norms of its rows, and the same dynamics at T = 0.

The arithmetic is float64 on the CPU: the Gram matrix becomes singular as P approaches N d.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.errors import InputError
from plmemory.learning.factored import Factored
from plmemory.machine.backend import Backend
from plmemory.networks.vectors.states import check_unit


def learn(
    patterns: np.ndarray, backend: Backend, rngs: Sequence[np.random.Generator] = ()
) -> Factored:
    """The couplings of the patterns (R, P, N, d) of unit vectors.

    Dependent patterns are handled by the rank of the Gram matrix, reported as ``rank``
    (replicate,). Deterministic: ``rngs`` is not used.

    Raises
    ------
    InputError
        If a pattern does not consist of unit vectors, or the patterns span more than (N - 1) d
        dimensions: then the other sites do not determine a site.
    """
    check_unit(patterns, "patterns")
    left = np.empty(patterns.shape, dtype=backend.dtype)
    rank = np.empty(len(patterns), dtype=np.int64)
    for replicate, memories in enumerate(patterns):
        left[replicate], rank[replicate] = _rows(memories.astype(np.float64))
    converged = np.ones(len(patterns), dtype=bool)
    return Factored(left, patterns.astype(backend.dtype), converged, {}, {"rank": rank})


def _rows(patterns: np.ndarray) -> tuple[np.ndarray, int]:
    """The left factors (P, N, d) of the patterns (P, N, d), and their rank."""
    count, sites, components = patterns.shape
    flat = patterns.reshape(count, -1)
    values, vectors = np.linalg.eigh(flat @ flat.T)
    # In single precision, duplicates may differ by this much.
    kept = values > count * np.finfo(np.float32).eps ** 2 * values[-1]
    rank = int(kept.sum())
    if rank > (sites - 1) * components:
        raise InputError(
            f"vector pseudo-inverse: found {count} patterns that span {rank} dimensions, expected "
            f"at most (N - 1) d = {(sites - 1) * components}"
        )
    chosen = vectors[:, kept]
    dual = (chosen / values[kept]) @ (chosen.T @ flat)
    spins, duals = (x.reshape(patterns.shape).transpose(1, 2, 0) for x in (flat, dual))
    blocks = duals @ spins.swapaxes(1, 2)  # Pi_ii, (N, d, d), symmetric
    return np.linalg.solve(np.eye(components) - blocks, duals).transpose(2, 0, 1), rank
