"""Hebb's tensor rule, J_ij = (1/N) sum_mu xi_i xi_j^T, for tokens that attend to each other.

It is the first step of local training from J = 0 (``learning.attention``). Its theory is known
(``theory.attention``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.learning.factored import Factored
from plmemory.learning.vector_hebb.learn import learn as hebb
from plmemory.machine.backend import Backend


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    inverse_temperature: float,
    gamma: float,
) -> Factored:
    """Hebb's couplings of the patterns (R, P, N, d) of unit vectors.

    The settings are used by the dynamics only. Deterministic: ``rngs`` is not used.

    Raises
    ------
    InputError
        If a pattern does not consist of unit vectors.
    """
    return hebb(patterns, backend, rngs)
