"""Ising spins: conventions, overlaps, corruption.

Ising spins are +1 or -1, patterns have the shape (replicate, pattern, site), couplings
(replicate, site, site) with ``J[r, i, j]`` acting on site i from site j.
"""

from __future__ import annotations

import numpy as np

ISING = "Ising spins, +1 or -1"
"""The convention that every Ising data set states in its attributes."""

COUPLINGS = "couplings act on `site` from `source`"
"""The convention that every model states in its attributes."""


def overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Overlap m = (1/N) sum_i a_i b_i along the last axis (broadcasting the others)."""
    return np.einsum("...i,...i->...", a, b, dtype=np.float64) / a.shape[-1]


def flips(sites: int, initial_overlap: float) -> int:
    """The number of flips among ``sites`` spins for an ``initial_overlap`` in [-1, 1]."""
    return round(sites * (1 - initial_overlap) / 2)


def corrupt(states: np.ndarray, initial_overlap: float, rng: np.random.Generator) -> np.ndarray:
    """Flip exactly round(N (1 - m0) / 2) distinct, uniformly chosen sites of every state.

    ``states``: (..., N) of +1/-1. Returns an array of the same shape and type.
    """
    order = rng.random(states.shape, dtype=np.float32).argsort(axis=-1)
    chosen = order[..., : flips(states.shape[-1], initial_overlap)]
    corrupted = states.copy()
    np.put_along_axis(corrupted, chosen, -np.take_along_axis(states, chosen, axis=-1), axis=-1)
    return corrupted


def spins(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Independent spins of the given shape, +1 and -1 with equal probability, as int8."""
    return 2 * rng.integers(0, 2, size=shape, dtype=np.int8) - np.int8(1)
