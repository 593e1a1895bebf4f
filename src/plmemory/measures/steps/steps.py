"""Overlaps with a pattern step by step, and by the iterated map of one step."""

from __future__ import annotations

import numpy as np

from plmemory.networks.contract import Step
from plmemory.networks.ising.states import corrupt, overlap
from plmemory.networks.relax import relax_with


def follow(
    step: Step,
    patterns: np.ndarray,
    initial_overlap: float,
    steps: int,
    max_steps: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Overlaps after 1 ... ``steps`` (steps, S) and ``max_steps`` (S,), from corrupted patterns.

    ``patterns``: (S, N).
    """
    states, found = corrupt(patterns, initial_overlap, rng), []
    for _ in range(steps):
        states = step(states)
        found.append(overlap(states, patterns))
    ends = relax_with(step, states, max_steps - steps).states
    return np.array(found), overlap(ends, patterns)


def iterate(
    step: Step, patterns: np.ndarray, initial_overlap: float, steps: int, rng: np.random.Generator
) -> np.ndarray:
    """Overlaps (steps,) of the iterated map of one step, with new random errors in each step.

    Every step starts from the ``patterns`` (S, N), corrupted to the mean overlap that the previous
    step reached. So the states have no correlations with the couplings, as the states of the
    network have.
    """
    found, reached = [], initial_overlap
    for _ in range(steps):
        wrong = rng.random(patterns.shape, dtype=np.float32) < (1 - reached) / 2
        reached = float(overlap(step(np.where(wrong, -patterns, patterns)), patterns).mean())
        found.append(reached)
    return np.array(found)
