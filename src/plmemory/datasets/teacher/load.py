"""Random inputs with the labels that a random teacher gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from plmemory.files.labelled import Dataset
from plmemory.networks.ising.states import ISING, spins


def load(
    rng: Callable[..., np.random.Generator], *, patterns: int, sites: int, replicates: int
) -> Dataset:
    """Teachers and examples of one load; each replicate has its own teacher and generator."""
    rngs = [rng(f"P{patterns:05d}", replicate) for replicate in range(replicates)]
    return generate(patterns, sites, rngs)


def generate(patterns: int, sites: int, rngs: Sequence[np.random.Generator]) -> Dataset:
    """Draw a teacher and ``patterns`` labelled inputs of ``sites`` spins for every replicate.

    Parameters
    ----------
    patterns, sites
        The numbers P and N.
    rngs
        One generator for each of the R replicates, so replicates are independent.

    Returns
    -------
    Dataset
        ``train`` (replicate, pattern, site), int8; ``teacher`` (replicate, site), standard normal
        weights w; ``targets`` (replicate, pattern), the signs of w . x, int8.
    """
    teacher = np.stack([rng.normal(size=sites) for rng in rngs])
    train = np.stack([spins((patterns, sites), rng) for rng in rngs])
    fields = np.stack([x @ w for x, w in zip(train, teacher, strict=True)])
    told = {"units": "1", "convention": ISING}
    return Dataset(
        {
            "train": (("replicate", "pattern", "site"), train, told),
            "targets": (("replicate", "pattern"), np.where(fields > 0, 1, -1).astype(np.int8)),
            "teacher": (("replicate", "site"), teacher),
        },
        attrs={"title": "Inputs with the labels of a random teacher", "kind": "teacher"},
    )
