"""Nested corruption of patterns, and the dynamics from it.

Every pattern has one random order of its sites, and a smaller initial overlap flips more sites in
this order. Therefore curves against the initial overlap are smooth: their points share the
randomness.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmemory.networks.contract import Step
from plmemory.networks.ising.states import overlap
from plmemory.networks.relax import relax_with


class Nested(NamedTuple):
    """Patterns (P, N), and the rank of each site (P, N) in the order of flipping of its pattern."""

    patterns: np.ndarray
    ranks: np.ndarray


def choose(patterns: np.ndarray, most: int | None, rng: np.random.Generator) -> np.ndarray:
    """At most ``most`` of the patterns (P, N), drawn at random, in their order."""
    if most is None or most >= len(patterns):
        return patterns
    return patterns[np.sort(rng.choice(len(patterns), most, replace=False))]


def nested(patterns: np.ndarray, most: int | None, rng: np.random.Generator) -> Nested:
    """At most ``most`` of the patterns (P, N), drawn at random, to be corrupted."""
    patterns = choose(patterns, most, rng)
    order = rng.random(patterns.shape, dtype=np.float32).argsort(axis=1)
    ranks = np.empty(patterns.shape, dtype=np.int32)
    np.put_along_axis(ranks, order, np.arange(patterns.shape[1], dtype=np.int32)[None], axis=1)
    return Nested(patterns, ranks)


def retrieve(
    step: Step,
    starts: Nested,
    flipped: np.ndarray | int,
    max_steps: int,
    *,
    cycles: bool = True,
) -> tuple[np.ndarray, np.ndarray]:
    """Final and one-step overlap (..., P) with patterns with ``flipped`` (...) sites flipped.

    ``cycles``: whether the step is deterministic, see ``relax_with``.
    """
    patterns = starts.patterns
    wrong = starts.ranks < np.asarray(flipped)[..., None, None]
    corrupted = np.where(wrong, -patterns, patterns)
    first = step(corrupted.reshape(-1, patterns.shape[-1]))
    final = relax_with(step, first, max_steps - 1, cycles=cycles).states
    return overlap(final.reshape(corrupted.shape), patterns), overlap(
        first.reshape(corrupted.shape), patterns
    )
