"""The states that an attractor search starts from: training, test, corrupted, random."""

from __future__ import annotations

import numpy as np

from plmemory.datasets.random import spins
from plmemory.spins import corrupt


def of_ising(
    train: np.ndarray,
    test: np.ndarray,
    *,
    most: int,
    random: int,
    corrupted_overlap: float,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """At most ``most`` of the (P, N) training and (T, N) test examples, and ``random`` states.

    The corrupted starts are the same training examples at the overlap ``corrupted_overlap``.
    """
    trained, unseen = rng.permutation(train)[:most], rng.permutation(test)[:most]
    return {
        "train": trained,
        "test": unseen,
        "corrupted": corrupt(trained, corrupted_overlap, rng),
        "random": spins((random, train.shape[-1]), rng),
    }


def of_potts(
    train: np.ndarray,
    test: np.ndarray,
    *,
    states: int,
    most: int,
    random: int,
    corrupted_overlap: float,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """The same for colours 0 ... ``states`` - 1; overlaps are rescaled identities.

    A corrupted site takes one of the other colours, each with the same probability.
    """
    trained, unseen = rng.permutation(train)[:most], rng.permutation(test)[:most]
    sites = train.shape[-1]
    changed = round(sites * (1 - corrupted_overlap) * (states - 1) / states)
    order = rng.random(trained.shape, dtype=np.float32).argsort(axis=-1)
    shifts = np.where(order < changed, rng.integers(1, states, size=trained.shape), 0)
    return {
        "train": trained,
        "test": unseen,
        "corrupted": ((trained + shifts) % states).astype(np.int8),
        "random": rng.integers(0, states, size=(random, sites)).astype(np.int8),
    }
