"""Retrieval maps: the overlap after the dynamics against the initial overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from plmemory.machine.backend import Backend
from plmemory.measures.nested import nested, retrieve
from plmemory.networks.ising.states import flips
from plmemory.networks.ising.synchronous import Synchronous


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
    each replicate are taken, at random. Each start has the possible initial overlap, 1 - 2 k / N
    with integer k, that is nearest to the requested one.
    """
    maps = []
    for network, memories, rng in zip(couplings, patterns, rngs, strict=True):
        step = Synchronous(network, backend)
        starts = nested(memories, subsample, rng)
        counts = np.array([flips(memories.shape[1], initial) for initial in initial_overlaps])
        maps.append(retrieve(step, starts, counts, max_steps))
    final, first = np.moveaxis(np.array(maps), 1, 0)
    return RetrievalMap(final, first)
