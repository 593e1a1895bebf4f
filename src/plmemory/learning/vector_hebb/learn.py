"""Hebb's tensor rule: J_ij = (1/N) sum_mu xi_i xi_j^T, J_ii = 0.

Nicoletti, D'Amico & Negri, arXiv:2507.02586. The array of couplings is never built: the model is
the patterns.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.learning.factored import Factored
from plmemory.machine.backend import Backend
from plmemory.networks.vectors.states import check_unit


def learn(
    patterns: np.ndarray, backend: Backend, rngs: Sequence[np.random.Generator] = ()
) -> Factored:
    """Hebb's couplings of the patterns (R, P, N, d) of unit vectors.

    Deterministic: ``rngs`` is accepted for the common interface and not used.

    Raises
    ------
    InputError
        If a pattern does not consist of unit vectors.
    """
    check_unit(patterns, "patterns")
    converged = np.ones(len(patterns), dtype=bool)
    return Factored(None, patterns.astype(backend.dtype), converged, {}, {})
