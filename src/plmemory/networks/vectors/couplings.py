"""Couplings of vector spins as factors, so that no array of N^2 d^2 numbers is needed.

J_ij = sum_mu left_i^mu (right_j^mu)^T for i != j, and J_ii = 0: blocks of d x d numbers that act on
site i from site j. Hebb's tensor rule, the pseudo-inverse and every gradient descent that starts
from zero have this form, with the patterns on the right.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmemory.files.labelled import Dataset


class Factors(NamedTuple):
    """left, right: (P, N, d)."""

    left: np.ndarray
    right: np.ndarray


def factors(model: Dataset, replicate: int) -> Factors:
    """The factors of one replicate; without ``left`` in the model (Hebb), left = right / N."""
    right = model["right"].values[replicate]
    if "left" in model:
        return Factors(model["left"].values[replicate], right)
    return Factors(right / right.shape[1], right)


def own_blocks(couplings: Factors) -> np.ndarray:
    """The diagonal blocks of the factors, sum_mu left_i (right_i)^T: (N, d, d)."""
    left, right = (part.transpose(1, 2, 0) for part in couplings)
    return left @ right.swapaxes(1, 2)


def row_norms(couplings: Factors) -> np.ndarray:
    """Frobenius norms of the rows, sqrt(sum_j |J_ij|^2): (N,)."""
    left, right = (part.astype(np.float64) for part in couplings)
    flat = right.reshape(len(right), -1)
    sites = left.transpose(1, 0, 2)
    total = np.einsum("ima,ima->i", (flat @ flat.T) @ sites, sites)
    own = np.square(own_blocks(Factors(left, right))).sum(axis=(1, 2))
    return np.sqrt(np.maximum(total - own, 0))


def dense(couplings: Factors) -> np.ndarray:
    """The whole array (N, d, N, d), for small networks."""
    left, right = couplings
    blocks = np.tensordot(left, right, axes=(0, 0))
    blocks[np.arange(left.shape[1]), :, np.arange(left.shape[1])] = 0
    return blocks
