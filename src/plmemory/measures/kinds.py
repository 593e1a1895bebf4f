"""Memorised, spurious or generalised: kinds of final states, by distances between them.

The criterion is that of arXiv:2505.21777: a sample is memorised if a training example is near,
spurious if no training example but another sample is near, and generalised if neither is. Here two
images are near if their overlap is at least 1 - delta. Overlaps are up to a common sign, since a
network without fields cannot distinguish a state from its negative.
"""

from __future__ import annotations

import numpy as np

from plmemory.networks.nearest import nearest_overlap

KINDS = ("memorised", "spurious", "generalised")
ROWS = 512  # states whose overlaps with all others are computed together


def nearest_other(states: np.ndarray) -> np.ndarray:
    """Largest overlap of each state (S, N) of +1/-1 with any other, or its negative: (S,)."""
    found = np.full(len(states), -1.0)
    numbers = states.astype(np.float32)  # sums of +1/-1 are exact
    for begin in range(0, len(states), ROWS):
        rows = np.abs(numbers[begin : begin + ROWS] @ numbers.T)
        place = np.arange(len(rows))
        rows[place, begin + place] = -1
        found[begin : begin + len(rows)] = rows.max(axis=1)
    return found / states.shape[1]


def least_overlap(delta: float) -> float:
    """The smallest overlap of two near images; rounding to whole pixels is allowed for."""
    return 1 - delta - 1e-9


def by_distance(nearest_train: np.ndarray, nearest_other: np.ndarray, delta: float) -> np.ndarray:
    """The index in ``KINDS`` of states with these overlaps (S,), int8."""
    near = least_overlap(delta)
    return np.select([nearest_train >= near, nearest_other >= near], [0, 1], 2).astype(np.int8)


def told_by_distance(
    states: np.ndarray, train: np.ndarray, delta: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The kinds of states (S, N), and what decides: the overlaps with examples and each other."""
    seen, other = nearest_overlap(states, train), nearest_other(states)
    return by_distance(seen, other, delta), seen, other


def by_weight(weight: np.ndarray, states: np.ndarray) -> np.ndarray:
    """The same for attractors (S, N), without a threshold.

    Memorised if one example has more than half of the ``weight`` (S,); spurious if several starts
    lead to the same state; generalised if a single one does.
    """
    _, place, count = np.unique(states, axis=0, return_inverse=True, return_counts=True)
    shared = count[place.ravel()] > 1
    return np.select([weight > 0.5, shared], [0, 1], 2).astype(np.int8)
