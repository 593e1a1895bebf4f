"""Hebb's rule for perceptrons: w = sum_mu y_mu x_mu."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.learning.perceptron_rows.result import Perceptrons
from plmemory.machine.backend import Backend


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    targets: np.ndarray,
) -> Perceptrons:
    """Perceptrons of the inputs (R, P, N) with the labels ``targets`` (R, P).

    Deterministic: ``rngs`` is accepted for the common interface and not used.
    """
    weights = np.einsum("rpn,rp->rn", patterns, targets, dtype=np.float64)
    weights *= np.sqrt(weights.shape[1]) / np.linalg.norm(weights, axis=1, keepdims=True)
    fine = np.ones(len(patterns), dtype=bool)
    return Perceptrons(weights[None], np.zeros((1, len(patterns))), fine, {}, {})
