"""Overlaps with a pattern after one step, two, three; and after one step again and again."""

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
    """Overlaps after 1 ... ``steps`` (steps, S), and after ``max_steps`` (S,), from corrupted ones.

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
    """Overlaps (steps,) of the map of one step, always from errors that couplings know not of.

    Every step starts anew from the ``patterns`` (S, N), corrupted to the mean overlap that the one
    before has reached. Whatever distinguishes the states of the network from such is not there.
    """
    found, reached = [], initial_overlap
    for _ in range(steps):
        wrong = rng.random(patterns.shape, dtype=np.float32) < (1 - reached) / 2
        reached = float(overlap(step(np.where(wrong, -patterns, patterns)), patterns).mean())
        found.append(reached)
    return np.array(found)
