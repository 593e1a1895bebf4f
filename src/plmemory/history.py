"""What is watched during a training beside the loss: how well the network retrieves by then."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from plmemory import dynamics
from plmemory.backend import Backend
from plmemory.spins import corrupt, overlap

STATES = 100
MAX_STEPS = 50


def record_epochs(epochs: int, records: int) -> list[int]:
    """At most ``records`` epochs in 1...``epochs``, evenly spaced on a logarithmic scale."""
    return sorted({round(epoch) for epoch in np.geomspace(1, epochs, records)})


def retrieval_observer(
    patterns: np.ndarray,
    initial_overlap: float,
    backend: Backend,
    rngs: Sequence[np.random.Generator],
) -> Callable[[int, np.ndarray], dict[str, np.ndarray]]:
    """A function of (epoch, couplings) that measures the retrieved ``overlap`` (R,).

    Up to 100 of the patterns (R, P, N), corrupted once to ``initial_overlap``, run through
    50 synchronous steps; the overlap with the uncorrupted pattern is averaged.
    """
    watched = patterns[:, :STATES]
    starts = np.stack(
        [corrupt(states, initial_overlap, rng) for states, rng in zip(watched, rngs, strict=True)]
    )

    def observe(epoch: int, couplings: np.ndarray) -> dict[str, np.ndarray]:
        ends = dynamics.relax(couplings, starts, backend, max_steps=MAX_STEPS).states
        return {"overlap": overlap(ends, watched).mean(axis=-1)}

    return observe
