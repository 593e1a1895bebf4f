"""Dreaming: Hebb's rule that turns into the pseudo-inverse while the network sleeps.

After the dreaming time t the couplings are the off-diagonal part of

    J = (1/N) X^T (1 + t) (1 + t C)^-1 X,   C = X X^T / N,

with the patterns X (P, N) and their correlations C (Fachechi, Agliari & Barra 2019, Neural
Networks 112, 24, arXiv:1810.12217; Agliari, Alemanno, Aquaro & Fachechi, arXiv:2308.01421):
Hebb's rule at t = 0, the pseudo-inverse for t to infinity. Row i is a multiple of the ridge
regression of site i on the others, min sum_mu (1 - xi_i h_i)^2 + (N / t) |J_i|^2, so it exists at
any load.

The decomposition is float64 on every device.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from plmemory.errors import InputError
from plmemory.learning.logistic_rows.row_space import decompose, nonzero
from plmemory.learning.result import Learned
from plmemory.machine.backend import Backend
from plmemory.machine.chunks import chunks


class Eigensystem(NamedTuple):
    """The non-zero eigenvalues (r,) of X^T X / N, which are those of C; eigenvectors (N, r)."""

    values: np.ndarray
    vectors: np.ndarray


def eigensystem(patterns: np.ndarray) -> Eigensystem:
    """The eigensystem of the patterns (P, N) of +1/-1, for all dreaming times.

    For P >= N the patterns are read in blocks.
    """
    count, sites = patterns.shape
    if count < sites:
        return Eigensystem(*decompose(patterns.astype(np.float64), np.full(count, 1 / sites)))
    correlations = np.zeros((sites, sites))
    for place in chunks(count, sites):
        scaled = np.sqrt(1 / sites) * patterns[place].astype(np.float64)
        correlations += scaled.T @ scaled
    return Eigensystem(*nonzero(correlations))


def couplings_at(system: Eigensystem, dreaming_time: float) -> np.ndarray:
    """The couplings (N, N) after ``dreaming_time``, without diagonal, float64."""
    values, vectors = system
    dreamt = values * (1 + dreaming_time) / (1 + dreaming_time * values)
    couplings = (vectors * dreamt) @ vectors.T
    np.fill_diagonal(couplings, 0)
    return couplings


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    dreaming_time: float,
) -> Learned:
    """Couplings of the patterns (R, P, N) of +1/-1 after ``dreaming_time``.

    Deterministic: ``rngs`` is accepted for the common interface and not used.

    Raises
    ------
    InputError
        If ``dreaming_time`` is negative or not finite.
    """
    if not 0 <= dreaming_time < np.inf:
        raise InputError(
            f"dreaming_time: found {dreaming_time}, expected zero or a positive number"
        )
    couplings = np.stack([couplings_at(eigensystem(spins), dreaming_time) for spins in patterns])
    converged = np.ones(len(patterns), dtype=bool)
    return Learned(couplings.astype(backend.dtype), converged, {}, {})
