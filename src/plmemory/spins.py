"""Conventions shared by all modules: seeds, overlaps, corruption.

Ising spins are +1 or -1, patterns have the shape (replicate, pattern, site), couplings
(replicate, site, site) with ``J[r, i, j]`` acting on site i from site j.
"""

from __future__ import annotations

import hashlib

import numpy as np

COUPLINGS = "couplings act on `site` from `source`"
"""The convention that every model states in its attributes."""


def generator(seed: int, *identity: str | int) -> np.random.Generator:
    """The random generator of one job, derived from the master seed and the job's identity.

    Two identities never share a stream, and adding a job changes no other job's stream.
    """
    digest = hashlib.sha256("\x1f".join(map(str, identity)).encode()).digest()
    return np.random.default_rng(np.random.SeedSequence([seed, *digest]))


def overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Overlap m = (1/N) sum_i a_i b_i along the last axis (broadcasting the others)."""
    return np.einsum("...i,...i->...", a, b, dtype=np.float64) / a.shape[-1]


def flips(sites: int, initial_overlap: float) -> int:
    """How many of ``sites`` spins to flip for an overlap of ``initial_overlap`` in [-1, 1]."""
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
