"""Random vector patterns: independent unit vectors, uniform on the sphere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from plmemory.errors import InputError
from plmemory.files.labelled import Dataset
from plmemory.networks.vectors.states import VECTORS, directions


def load(
    rng: Callable[..., np.random.Generator],
    *,
    patterns: int,
    sites: int,
    dimension: int,
    replicates: int,
) -> Dataset:
    """Random patterns of one load; each replicate has its own generator."""
    rngs = [rng(f"P{patterns:05d}", replicate) for replicate in range(replicates)]
    return generate(patterns, sites, dimension, rngs)


def generate(
    patterns: int, sites: int, dimension: int, rngs: Sequence[np.random.Generator]
) -> Dataset:
    """Draw ``patterns`` random patterns of ``sites`` unit vectors for every replicate.

    Parameters
    ----------
    patterns, sites, dimension
        The numbers P, N and d.
    rngs
        One generator for each of the R replicates, so replicates are independent.

    Returns
    -------
    Dataset
        ``train`` (replicate, pattern, site, component), float32, shape (R, P, N, d).

    Raises
    ------
    InputError
        If the dimension is less than one.
    """
    if dimension < 1:
        raise InputError(f"dimension: found {dimension}, expected at least 1")
    train = np.stack([directions((patterns, sites, dimension), rng) for rng in rngs])
    axes = ("replicate", "pattern", "site", "component")
    attributes = {"units": "1", "convention": VECTORS}
    return Dataset(
        {"train": (axes, train.astype(np.float32), attributes)},
        attrs={"title": "Random vectors", "kind": "random_vectors"},
    )
