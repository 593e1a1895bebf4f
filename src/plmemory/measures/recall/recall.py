"""Recall at finite temperature: the overlap that remains under thermal noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.networks.ising.sequential import glauber
from plmemory.networks.ising.states import corrupt, overlap


def recall(
    couplings: np.ndarray,
    patterns: np.ndarray,
    temperatures: Sequence[float] | np.ndarray,
    rngs: Sequence[np.random.Generator],
    *,
    initial_overlap: float,
    sweeps: int,
    order: str,
) -> np.ndarray:
    """Overlap with ``patterns`` (R, P, N), started near them, after ``sweeps``: (R, M, P).

    ``temperatures`` (M,) are in units of the norm |J_i| of each row of the ``couplings`` (R, N, N):
    spins are drawn from exp(s_i h_i / (T |J_i|)), so that the scale of a rule does not matter.
    All temperatures start from the same corrupted patterns.
    """
    norms = np.linalg.norm(couplings.astype(np.float64), axis=2, keepdims=True)
    rows = np.divide(couplings, norms, out=np.zeros(couplings.shape), where=norms > 0)
    near = [corrupt(batch, initial_overlap, rng) for batch, rng in zip(patterns, rngs, strict=True)]
    count = patterns.shape[1]
    ended = glauber(
        rows,
        np.tile(near, (1, len(temperatures), 1)),
        rngs,
        temperature=np.repeat(temperatures, count),
        sweeps=sweeps,
        order=order,
    )
    return overlap(ended.reshape(len(rows), -1, *patterns.shape[1:]), patterns[:, None])
