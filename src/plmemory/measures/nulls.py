"""Null models: overlaps of unseen examples that need no generalising network."""

from __future__ import annotations

import numpy as np

from plmemory.networks.contract import Network


def consensus(examples: np.ndarray) -> np.ndarray:
    """The most frequent value of each site of (P, N), the lowest of equally frequent ones: (N,)."""
    values = np.unique(examples)
    counts = np.stack([(examples == value).sum(axis=0) for value in values])
    return values[counts.argmax(axis=0)]


def null_models(
    network: Network, train: np.ndarray, test: np.ndarray, ends: np.ndarray
) -> dict[str, np.ndarray]:
    """Overlaps of unseen examples (S, N), each (S,), as null models of the dynamics.

    nearest_train: with the nearest training example (P, N). consensus: with the consensus of the
    training examples. exchanged: with the final state (S, N) of another unseen example, the
    previous one; NaN if there is no other.
    """
    others = np.roll(ends, 1, axis=0)
    return {
        "nearest_train": network.nearest(test, train),
        "consensus": network.nearest(test, consensus(train)[None]),
        "exchanged": network.overlap(others, test) if len(test) > 1 else np.full(len(test), np.nan),
    }
