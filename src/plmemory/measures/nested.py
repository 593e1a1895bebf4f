"""Nested corruption of patterns, and what the dynamics makes of it.

Within a call every pattern has one random order of its sites, and a smaller initial overlap flips
more sites of that order. Curves against the initial overlap are therefore smooth, their points
share the randomness.
"""

from __future__ import annotations

import numpy as np

from plmemory.networks.contract import Step
from plmemory.networks.ising.states import overlap
from plmemory.networks.relax import relax_with


def choose(patterns: np.ndarray, most: int | None, rng: np.random.Generator) -> np.ndarray:
    """At most so many of the patterns (P, N), drawn at random, in their order."""
    if most is None or most >= len(patterns):
        return patterns
    return patterns[np.sort(rng.choice(len(patterns), most, replace=False))]


def flipping_ranks(patterns: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The place of each site (P, N) in its pattern's random order of flipping."""
    order = rng.random(patterns.shape, dtype=np.float32).argsort(axis=1)
    ranks = np.empty(patterns.shape, dtype=np.int32)
    np.put_along_axis(ranks, order, np.arange(patterns.shape[1], dtype=np.int32)[None], axis=1)
    return ranks


def retrieve(
    step: Step, patterns: np.ndarray, flipped: np.ndarray, max_steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Final and one-step overlap (..., P) of patterns (P, N), started ``flipped`` (..., P, N)."""
    starts = np.where(flipped, -patterns, patterns)
    first = step(starts.reshape(-1, patterns.shape[-1]))
    final = relax_with(step, first, max_steps - 1).states
    return overlap(final.reshape(starts.shape), patterns), overlap(
        first.reshape(starts.shape), patterns
    )
