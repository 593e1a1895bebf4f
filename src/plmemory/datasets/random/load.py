"""Random patterns: independent, unbiased Ising spins, the benchmark of all storage theory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from plmemory.files.labelled import Dataset
from plmemory.networks.ising.states import ISING, spins


def load(
    rng: Callable[..., np.random.Generator], *, patterns: int, sites: int, replicates: int
) -> Dataset:
    """Random patterns of one load; each replicate has its own generator."""
    rngs = [rng(f"P{patterns:05d}", replicate) for replicate in range(replicates)]
    return generate(patterns, sites, rngs)


def generate(patterns: int, sites: int, rngs: Sequence[np.random.Generator]) -> Dataset:
    """Draw ``patterns`` random patterns of ``sites`` spins for every replicate.

    Parameters
    ----------
    patterns, sites
        The numbers P and N.
    rngs
        One generator for each of the R replicates, so replicates are independent.

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
