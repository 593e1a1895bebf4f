"""Observables of Ising networks that do not depend on how they were learned.

Energies, and learned against known couplings. Couplings are (replicate, site, site) with a zero
diagonal, states (replicate, state, site) of +1/-1. Stabilities, asymmetry and the like are in
``learning.measures``.
"""

from __future__ import annotations

import numpy as np

from plmemory.learning.measures import local_fields


def symmetric_part(couplings: np.ndarray) -> np.ndarray:
    """(J + J^T)/2 of couplings (..., N, N)."""
    return (couplings + couplings.swapaxes(-1, -2)) / 2


def energies(couplings: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Energies per site -(1/(2N)) sum_ij J_ij s_i s_j of states (R, S, N), shape (R, S).

    Only the symmetric part of J enters: for J = J^T it is the Ising energy -sum_{i<j} J_ij s_i s_j
    over N.
    """
    fields = local_fields(couplings, states)
    return np.einsum("rsi,rsi->rs", fields, states, dtype=np.float64) / (-2 * states.shape[-1])


def reconstruction_error(couplings: np.ndarray, target: np.ndarray) -> np.ndarray:
    """gamma = |J_sym - J'| / |J'| (Frobenius norms), shape (R,).

    ``target`` J' (R or 1, N, N): what ideal learning finds from samples at temperature T of a
    system with couplings J: J / (lambda T), so J / T for lambda = 1.
    """
    difference = symmetric_part(couplings).astype(np.float64) - target
    return np.linalg.norm(difference, axis=(-2, -1)) / np.linalg.norm(target, axis=(-2, -1))


def coupling_cosine(couplings: np.ndarray, target: np.ndarray) -> np.ndarray:
    """R = cosine of the angle between J_sym and the true couplings, as vectors, shape (R,)."""
    learned = symmetric_part(couplings).astype(np.float64)
    product = (learned * target).sum(axis=(-2, -1))
    norms = np.linalg.norm(learned, axis=(-2, -1)) * np.linalg.norm(target, axis=(-2, -1))
    return product / norms
