"""Observation of a training: how well the network retrieves at each recorded epoch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from plmemory.machine.backend import Backend
from plmemory.measures.critical_overlap import boundaries
from plmemory.measures.nested import nested
from plmemory.networks.ising.couplings import stabilities
from plmemory.networks.ising.states import corrupt, overlap
from plmemory.networks.ising.synchronous import Synchronous, relax

# As in the measure of storage, for the same critical overlaps.
STATES = 100
MAX_STEPS = 100


def retrieval_observer(
    patterns: np.ndarray,
    initial_overlap: float,
    backend: Backend,
    rngs: Sequence[np.random.Generator],
) -> Callable[[slice, int, np.ndarray], dict[str, np.ndarray]]:
    """A function of (replicates, epoch, couplings) that measures how patterns are stored.

    ``patterns``: (R, P, N), of all replicates.

    It returns the mean ``overlap`` (R,) of up to 100 patterns, corrupted once to
    ``initial_overlap``, after 100 synchronous steps; also the ``mean_stability`` of all patterns,
    and the ``critical_overlap`` and the ``half_overlap`` of those 100, (R,).
    """
    watched = patterns[:, :STATES]
    starts = np.stack(
        [corrupt(states, initial_overlap, rng) for states, rng in zip(watched, rngs, strict=True)]
    )
    corrupted = [nested(states, None, rng) for states, rng in zip(watched, rngs, strict=True)]

    def observe(rows: slice, epoch: int, couplings: np.ndarray) -> dict[str, np.ndarray]:
        memories = watched[rows]
        ends = relax(couplings, starts[rows], backend, max_steps=MAX_STEPS).states
        steps = (Synchronous(network, backend) for network in couplings)
        critical = boundaries(steps, corrupted[rows], max_steps=MAX_STEPS)
        return {
            "overlap": overlap(ends, memories).mean(axis=-1),
            "mean_stability": stabilities(couplings, patterns[rows]).mean(axis=(1, 2)),
            "critical_overlap": critical.critical_overlap,
            "half_overlap": critical.half_overlap,
        }

    return observe
