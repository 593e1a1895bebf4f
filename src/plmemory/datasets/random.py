"""Random patterns: independent, unbiased Ising spins, the benchmark of all storage theory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.labelled import Dataset

ISING = "Ising spins, +1 or -1"
"""The convention that every Ising data set states in its attributes."""


def spins(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Independent spins of the given shape, +1 and -1 with equal probability, as int8."""
    return 2 * rng.integers(0, 2, size=shape, dtype=np.int8) - np.int8(1)


def generate(patterns: int, sites: int, rngs: Sequence[np.random.Generator]) -> Dataset:
    """Draw ``patterns`` random patterns of ``sites`` spins for every replicate.

    Parameters
    ----------
    patterns, sites
        The numbers P and N.
    rngs
        One generator a replicate (R of them), so that replicates are independent.

    Returns
    -------
    Dataset
        ``train`` (replicate, pattern, site), int8, shape (R, P, N).
    """
    train = np.stack([spins((patterns, sites), rng) for rng in rngs])
    return Dataset(
        {"train": (("replicate", "pattern", "site"), train, {"units": "1", "convention": ISING})},
        attrs={"title": "Random patterns", "kind": "random"},
    )
