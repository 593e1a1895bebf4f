"""Retrieval maps and critical overlaps: how far from a pattern the dynamics still finds it.

The flipped sites are nested: within a call every pattern has one random order of its sites, and a
smaller initial overlap flips more sites of that order. Curves against the initial overlap are
therefore smooth, their points share the randomness.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from plmemory.backend import Backend
from plmemory.dynamics import Step, relax_with, synchronous
from plmemory.spins import flips, overlap


class RetrievalMap(NamedTuple):
    """Overlap with the pattern after the dynamics and after its first step, each (R, M, P')."""

    final_overlap: np.ndarray
    one_step_overlap: np.ndarray


def retrieval_map(
    couplings: np.ndarray,
    patterns: np.ndarray,
    initial_overlaps: Sequence[float] | np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator],
    *,
    max_steps: int,
    subsample: int | None = None,
) -> RetrievalMap:
    """Final and one-step overlap of corrupted patterns, synchronous dynamics at T = 0.

    ``couplings`` (R, N, N), ``patterns`` (R, P, N), ``initial_overlaps`` (M,), ``rngs`` R
    generators, ``max_steps`` at least 1. With ``subsample``, at most that many patterns P' of
    each replicate are taken, at random. Each start has the initial overlap nearest to the one
    asked for, 1 - 2 k / N with whole k.
    """
    maps = []
    for network, memories, rng in zip(couplings, patterns, rngs, strict=True):
        step = synchronous(network, backend)
        chosen = _choose(memories, subsample, rng)
        ranks = _ranks(chosen, rng)
        counts = np.array([flips(chosen.shape[1], initial) for initial in initial_overlaps])
        maps.append(_retrieve(step, chosen, ranks < counts[:, None, None], max_steps))
    final, first = np.moveaxis(np.array(maps), 1, 0)
    return RetrievalMap(final, first)


def critical_overlap(
    couplings: np.ndarray,
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator],
    *,
    max_steps: int,
    target: float = 0.95,
    tolerance: float = 0.005,
    subsample: int | None = None,
) -> np.ndarray:
    """Smallest initial overlap from which the mean final overlap exceeds ``target``: (R,).

    Bisection on the number of flipped sites between initial overlaps 0 and 1, which takes the
    mean over the patterns to rise with the initial overlap, down to a bracket no wider than
    ``tolerance`` (or one flipped site), then linear interpolation in it. NaN where the target is
    not exceeded even from the patterns themselves; 0 where it is from overlap 0. Parameters as for
    ``retrieval_map``.
    """
    critical = []
    for network, memories, rng in zip(couplings, patterns, rngs, strict=True):
        step = synchronous(network, backend)
        chosen = _choose(memories, subsample, rng)
        critical.append(_bisect(step, chosen, _ranks(chosen, rng), max_steps, target, tolerance))
    return np.array(critical)


def _bisect(
    step: Step,
    patterns: np.ndarray,
    ranks: np.ndarray,
    max_steps: int,
    target: float,
    tolerance: float,
) -> float:
    sites = patterns.shape[1]

    def reached(count: int) -> float:
        return float(_retrieve(step, patterns, ranks < count, max_steps)[0].mean())

    easy, hard = 0, sites // 2
    above, below = reached(easy), np.nan
    if not above > target:
        return np.nan
    while hard - easy > max(1, tolerance * sites / 2):
        middle = (easy + hard) // 2
        mean = reached(middle)
        if mean > target:
            easy, above = middle, mean
        else:
            hard, below = middle, mean
    if np.isnan(below):
        below = reached(hard)
        if below > target:
            return 0.0
    crossing = easy + (hard - easy) * (above - target) / (above - below)
    return 1 - 2 * crossing / sites


def _choose(patterns: np.ndarray, most: int | None, rng: np.random.Generator) -> np.ndarray:
    if most is None or most >= len(patterns):
        return patterns
    return patterns[np.sort(rng.choice(len(patterns), most, replace=False))]


def _ranks(patterns: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The place of each site (P, N) in its pattern's random order of flipping."""
    order = rng.random(patterns.shape, dtype=np.float32).argsort(axis=1)
    ranks = np.empty(patterns.shape, dtype=np.int32)
    np.put_along_axis(ranks, order, np.arange(patterns.shape[1], dtype=np.int32)[None], axis=1)
    return ranks


def _retrieve(
    step: Step, patterns: np.ndarray, flipped: np.ndarray, max_steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Final and one-step overlap (..., P) of patterns (P, N), started ``flipped`` (..., P, N)."""
    starts = np.where(flipped, -patterns, patterns)
    first = step(starts.reshape(-1, patterns.shape[-1]))
    final = relax_with(step, first, max_steps - 1).states
    return overlap(final.reshape(starts.shape), patterns), overlap(
        first.reshape(starts.shape), patterns
    )
