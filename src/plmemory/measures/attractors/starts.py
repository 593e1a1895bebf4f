"""The starts of an attractor search: training, test, corrupted and random states."""

from __future__ import annotations

import numpy as np

from plmemory.networks.contract import Network


def starts(
    network: Network,
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
        "corrupted": network.corrupt(trained, corrupted_overlap, rng),
        "random": network.random(random, rng),
    }
