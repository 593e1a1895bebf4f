"""Random features: patterns that are mixtures of a few of D hidden binary features.

The random-features model of D'Amico et al., arXiv:2507.05147: a pattern is
sign(sum_k c_k f^k), where L of its D coefficients c_k are +1 or -1 and the others zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from plmemory.errors import InputError
from plmemory.files.labelled import Dataset
from plmemory.networks.ising.states import ISING, spins


def load(
    rng: Callable[..., np.random.Generator], *, patterns: int, replicates: int, **settings: int
) -> Dataset:
    """Patterns of one load; all loads of a replicate share its features and test patterns."""
    rngs = [rng(replicate) for replicate in range(replicates)]
    return generate(patterns, rngs=rngs, **settings)


def mixtures(
    features: np.ndarray, patterns: int, nonzero: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw ``patterns`` mixtures of ``features``: sign(sum_k c_k f^k), (P, N) of int8.

    Parameters
    ----------
    features
        (D, N) of +1/-1.
    patterns, nonzero
        The numbers P and L: every pattern mixes L distinct, uniformly chosen features, each
        with a coefficient +1 or -1.
    rng
        Choices, signs and broken ties come from generators spawned from it, so the first patterns
        do not depend on how many are drawn.
    """
    choices, signs, ties = rng.spawn(3)
    chosen = choices.random((patterns, len(features))).argsort(axis=1)[:, :nonzero]
    coefficients = spins((patterns, nonzero), signs)
    total = np.zeros((patterns, features.shape[1]), dtype=np.int32)
    for k in range(nonzero):
        total += coefficients[:, k, None] * features[chosen[:, k]]
    # An even number of terms can cancel; such a spin is drawn at random.
    return np.where(total == 0, spins(total.shape, ties), np.sign(total)).astype(np.int8)


def generate(
    patterns: int,
    test_patterns: int,
    sites: int,
    features: int,
    nonzero: int,
    rngs: Sequence[np.random.Generator],
) -> Dataset:
    """Draw features, and training and test patterns that mix them, for every replicate.

    With generators of the same seed and identity, neither the features nor the test patterns
    depend on P, and a larger P begins with the training patterns of a smaller one.

    Parameters
    ----------
    patterns, test_patterns, sites
        The numbers of training patterns P, of unseen patterns of the same features, and of sites N.
    features, nonzero
        The numbers D = alpha_D N of features and L of those mixed in a pattern.
    rngs
        One generator a replicate (R of them).

    Returns
    -------
    Dataset
        ``train`` (replicate, pattern, site), ``test`` (replicate, test_pattern, site) and
        ``features`` (replicate, feature, site), all int8.

    Raises
    ------
    InputError
        If L is not between 1 and D.
    """
    if not 1 <= nonzero <= features:
        raise InputError(
            f"nonzero coefficients of a pattern (L): found {nonzero}, expected 1 to {features}, "
            "the number of features"
        )
    drawn: dict[str, list[np.ndarray]] = {"train": [], "test": [], "features": []}
    for rng in rngs:
        feature_rng, train_rng, test_rng = rng.spawn(3)
        hidden = spins((features, sites), feature_rng)
        drawn["features"].append(hidden)
        drawn["train"].append(mixtures(hidden, patterns, nonzero, train_rng))
        drawn["test"].append(mixtures(hidden, test_patterns, nonzero, test_rng))
    dimensions = {"train": "pattern", "test": "test_pattern", "features": "feature"}
    attributes = {"units": "1", "convention": ISING}
    return Dataset(
        {
            name: (("replicate", dimensions[name], "site"), np.stack(arrays), attributes)
            for name, arrays in drawn.items()
        },
        attrs={"title": "Patterns of random features", "kind": "features"},
    )
