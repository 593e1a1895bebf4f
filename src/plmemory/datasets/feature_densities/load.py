"""Random features at several densities alpha_D = D/N, the replicates in turn.

One file contains a whole column of the diagrams over (alpha, alpha_D) of D'Amico et al.,
arXiv:2507.05147: one job learns its networks, and one job measures them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from plmemory.datasets.features.load import generate
from plmemory.files.labelled import Dataset


def load(
    rng: Callable[..., np.random.Generator],
    *,
    patterns: int,
    replicates: int,
    sites: int,
    densities: Sequence[float],
    nonzero: int | None,
    test_patterns: int,
) -> Dataset:
    """``train`` (replicate, pattern, site), ``test`` of the same features, and all features.

    ``features`` (feature, site); ``feature_replicate`` (feature,) is the replicate of each feature.
    Replicate r uses the density of index r modulo the number of densities, with D = alpha_D N
    features (rounded, at least 1). A pattern mixes L = ``nonzero`` of them, or all if None.
    """
    train, test, hidden, owner = [], [], [], []
    for r in range(replicates):
        count = max(1, round(densities[r % len(densities)] * sites))
        drawn = generate(patterns, test_patterns, sites, count, nonzero or count, [rng(r)])
        train.append(drawn["train"].values[0])
        test.append(drawn["test"].values[0])
        hidden.append(drawn["features"].values[0])
        owner += [r] * count
    attributes = drawn["train"].attrs
    return Dataset(
        {
            "train": (("replicate", "pattern", "site"), np.stack(train), attributes),
            "test": (("replicate", "test_pattern", "site"), np.stack(test), attributes),
            "features": (("feature", "site"), np.concatenate(hidden), attributes),
            "feature_replicate": ("feature", np.array(owner, dtype=np.int32)),
        },
        attrs={"title": "Patterns of random features", "kind": "feature_densities"},
    )
