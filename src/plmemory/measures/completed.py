"""The final states of corrupted examples for several initial overlaps, for any spin type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from plmemory.networks.contract import Network
from plmemory.networks.relax import relax_with


class Completed(NamedTuple):
    """Overlaps (M, S) of the start and of the end with the example, and the ends (M S, N)."""

    begun: np.ndarray
    kept: np.ndarray
    ends: np.ndarray


def completed(
    network: Network,
    examples: np.ndarray,
    initial_overlaps: Sequence[float] | np.ndarray,
    max_steps: int,
    rng: np.random.Generator,
) -> Completed:
    """Follow the examples (S, N), corrupted to M initial overlaps, for ``max_steps`` steps."""
    count = len(initial_overlaps)
    starts = np.concatenate([network.corrupt(examples, m0, rng) for m0 in initial_overlaps])
    originals = np.concatenate([examples] * count)
    ends = relax_with(network.step, starts, max_steps).states
    begun, kept = (network.overlap(s, originals).reshape(count, -1) for s in (starts, ends))
    return Completed(begun, kept, ends)
