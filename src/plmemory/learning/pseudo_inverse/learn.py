"""The pseudo-inverse or projection rule, with the self-couplings removed.

The couplings are the off-diagonal part of the projector onto the span of the patterns
(Personnaz, Guyon & Dreyfus 1985, J. Physique Lett. 46, L359; Kanter & Sompolinsky 1987,
Phys. Rev. A 35, 380). With independent patterns every xi_i h_i equals 1 - Proj_ii > 0, and
for random patterns the stability is sqrt((1 - alpha) / alpha).

The arithmetic is float64 on every device: the Gram matrix becomes singular as the load
approaches one, and its decomposition is a small part of any job. But a part of the rows is not a
symmetric product, which takes half the time: where single precision is asked for, its rounding
makes up for that (``_of_part``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from plmemory.errors import InputError
from plmemory.files import mapped
from plmemory.learning.overlaps import overlaps
from plmemory.learning.result import Learned
from plmemory.learning.shared import Found
from plmemory.machine.backend import Backend
from plmemory.machine.chunks import CHUNK, chunks
from plmemory.machine.part import WHOLE, Part

# Up to this load single precision of the product leaves couplings within 1e-6 of their norm: its
# error grows like the norm of the projector, sqrt(P), and theirs is sqrt(P (1 - P / N)).
SINGLE_UP_TO = 0.5


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    part: Part = WHOLE,
    shared: Sequence[Found] | None = None,
) -> Learned:
    """Off-diagonal projector onto the span of the patterns (R, P, N) of +1/-1.

    Linearly dependent patterns (duplicates, P >= N with structure) are handled by the rank of the
    Gram matrix, reported as ``rank`` (replicate,). Deterministic: ``rngs`` is accepted for the
    common interface and not used. ``part``: the part of the rows to learn. ``shared``: the result
    of ``share`` for each replicate.

    Raises
    ------
    InputError
        If the patterns span all N sites: the projector is then the identity, which has no
        couplings between sites.
    """
    replicates, _, sites = patterns.shape
    rows = part.rows(sites)
    couplings = np.empty((replicates, rows.stop - rows.start, sites), dtype=backend.dtype)
    rank = np.empty(replicates, dtype=np.int64)
    double = replace(backend, dtype="float64")
    for replicate, own in enumerate(couplings):
        basis = (shared[replicate] if shared else share(patterns[replicate], backend))["basis"]
        rank[replicate] = basis.shape[1]
        _project(basis, rows, own, double if part == WHOLE else _of_part(basis, backend))
        np.fill_diagonal(own[:, rows], 0)
    return Learned(couplings, np.ones(replicates, dtype=bool), {}, {"rank": rank})


def share(patterns: np.ndarray, backend: Backend) -> dict[str, np.ndarray]:
    """What all rows need: a ``basis`` (N, rank) of the span of the patterns (P, N), in float64.

    Its columns are orthonormal. A large basis is stored in a file.

    Raises
    ------
    InputError
        If the patterns span all N sites.
    """
    double = replace(backend, dtype="float64")
    count, sites = patterns.shape
    fewer = count < sites
    # The Gram matrix has exact integers, so a dependent pattern gives an eigenvalue that is zero up
    # to the rounding of the decomposition.
    values, vectors = double.xp.linalg.eigh(overlaps(patterns if fewer else patterns.T, double))
    kept = values > len(values) * np.finfo(np.float64).eps * values[-1]
    values, vectors = values[kept], vectors[:, kept]
    if len(values) == sites:
        raise InputError(
            f"pseudo-inverse: found {count} patterns that span all {sites} sites, "
            f"expected fewer than {sites} independent patterns"
        )
    if not fewer:
        return {"basis": double.to_numpy(vectors)}
    shape = (sites, len(values))
    large = sites * len(values) > CHUNK
    basis = mapped.empty(shape, np.float64) if large else np.empty(shape)
    for place in chunks(*basis.shape):
        spins = double.asarray(patterns[:, place])
        basis[place] = double.to_numpy(double.xp.matmul(spins.T, vectors) / double.xp.sqrt(values))
    return {"basis": basis}


def _of_part(basis: Any, backend: Backend) -> Backend:
    """The precision of the product of a part's rows with the basis (N, rank)."""
    sites, rank = basis.shape
    return backend if rank <= SINGLE_UP_TO * sites else replace(backend, dtype="float64")


def _project(basis: Any, rows: slice, couplings: np.ndarray, backend: Backend) -> None:
    """Fill ``couplings`` (n, N) with ``rows`` of B B^T, B the basis, in memory or in a file."""
    places = list(chunks(*basis.shape))
    if len(places) == 1:
        same = backend.xp is np and basis.dtype == backend.dtype
        held = basis if same else backend.asarray(basis)
        couplings[...] = backend.to_numpy(backend.xp.matmul(held[rows], held.T))
        return
    own = backend.asarray(basis[rows])
    for place in places:
        others = backend.asarray(basis[place])
        couplings[:, place] = backend.to_numpy(backend.xp.matmul(own, others.T))
