"""Overlaps with the pattern along the dynamics, from every initial overlap, for any spins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.datasets.selection import trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.job import Job
from plmemory.measures.nested import choose
from plmemory.networks.contract import Network
from plmemory.networks.relax import relax_with


def measure(
    job: Job,
    backend: Backend,
    *,
    max_steps: int,
    recorded_steps: int,
    initial_overlaps: Sequence[float],
    patterns: int,
) -> Dataset:
    """Overlaps from ``patterns`` of each replicate, corrupted to every initial overlap.

    Returns ``overlap`` (replicate, initial_overlap, pattern, time), time 0 ... recorded_steps, and
    ``final_overlap`` and ``period`` (as in ``relax.Relaxed``; replicate, initial_overlap, pattern).
    """
    trained = trained_on(job.dataset, job.model)
    found = []
    for replicate, memories in enumerate(trained):
        # Without the rule: all rules get the same corrupted patterns, so differences are paired.
        rng = job.rng("overlaps", job.data, job.patterns, replicate)
        chosen = choose(memories, patterns, rng)
        network = job.network(replicate, backend)
        batches = [network.corrupt(chosen, initial, rng) for initial in initial_overlaps]
        starts, memory = np.concatenate(batches), np.concatenate([chosen] * len(batches))
        found.append(_followed(network, starts, memory, max_steps, recorded_steps))
    axes = ("replicate", "initial_overlap", "pattern")
    overlap, final, period = (np.stack(parts) for parts in zip(*found, strict=True))
    shape = (len(trained), len(initial_overlaps), -1)
    return Dataset(
        {
            "overlap": ((*axes, "time"), overlap.reshape(*shape, recorded_steps + 1)),
            "final_overlap": (axes, final.reshape(shape)),
            "period": (axes, period.reshape(shape)),
            "initial_overlap": ("initial_overlap", np.array(initial_overlaps, dtype=np.float64)),
        }
    )


def _followed(
    network: Network, starts: np.ndarray, memories: np.ndarray, max_steps: int, recorded: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Overlaps (S, recorded + 1), final overlaps and periods (S,) from ``starts``."""
    states, overlaps = starts, [network.overlap(starts, memories)]
    for _ in range(recorded):
        states = network.step(states)
        overlaps.append(network.overlap(states, memories))
    relaxed = relax_with(network.step, states, max(0, max_steps - recorded))
    return np.stack(overlaps, axis=1), network.overlap(relaxed.states, memories), relaxed.period
