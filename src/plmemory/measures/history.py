"""What is watched during a training beside the loss: how well the network retrieves by then."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from plmemory.machine.backend import Backend
from plmemory.measures.critical_overlap import critical_overlap
from plmemory.networks.ising.couplings import stabilities
from plmemory.networks.ising.states import corrupt, overlap
from plmemory.networks.ising.synchronous import relax

STATES = 20
MAX_STEPS = 20
TOLERANCE = 0.04


def retrieval_observer(
    patterns: np.ndarray,
    initial_overlap: float,
    backend: Backend,
    rngs: Sequence[np.random.Generator],
) -> Callable[[slice, int, np.ndarray], dict[str, np.ndarray]]:
    """A function of (replicates, epoch, couplings) that measures how their patterns are held.

    ``patterns``: (R, P, N), of all replicates.

    Up to 20 of them, corrupted once to ``initial_overlap``, run through 20 synchronous steps: the
    mean ``overlap`` with the pattern, (R,). Also the ``mean_stability`` of all patterns and the
    ``critical_overlap`` of those 20, (R,).
    """
    watched = patterns[:, :STATES]
    starts = np.stack(
        [corrupt(states, initial_overlap, rng) for states, rng in zip(watched, rngs, strict=True)]
    )

    def observe(rows: slice, epoch: int, couplings: np.ndarray) -> dict[str, np.ndarray]:
        memories = watched[rows]
        ends = relax(couplings, starts[rows], backend, max_steps=MAX_STEPS).states
        critical = critical_overlap(
            couplings, memories, backend, rngs[rows], max_steps=MAX_STEPS, tolerance=TOLERANCE
        )
        return {
            "overlap": overlap(ends, memories).mean(axis=-1),
            "mean_stability": stabilities(couplings, patterns[rows]).mean(axis=(1, 2)),
            "critical_overlap": critical,
        }

    return observe
