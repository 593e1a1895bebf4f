"""Hebb's rule: J_ij = (1/N) sum_mu xi_i xi_j (Hopfield 1982, PNAS 79, 2554, equation 2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.learning.overlaps import overlaps
from plmemory.learning.result import Learned
from plmemory.machine.backend import Backend


def learn(
    patterns: np.ndarray, backend: Backend, rngs: Sequence[np.random.Generator] = ()
) -> Learned:
    """Hebb's couplings of the patterns (R, P, N) of +1/-1, which are read some at a time.

    Deterministic: ``rngs`` is accepted for the common interface and not used.
    """
    replicates, _, sites = patterns.shape
    couplings = np.empty((replicates, sites, sites), dtype=backend.dtype)
    for replicate in range(replicates):
        couplings[replicate] = backend.to_numpy(overlaps(patterns[replicate].T, backend)) / sites
        np.fill_diagonal(couplings[replicate], 0)
    return Learned(couplings, np.ones(replicates, dtype=bool), {}, {})
