"""Random features: closed forms of the statistics, and what two draws have in common.

The overlap of a pattern with a feature that it mixes is +-1, 1/2, 1/2, 3/8, 3/8 for L = 1 to 5:
the sign follows the feature only where the other L - 1 terms leave it the choice.
"""

from itertools import product

import numpy as np
import pytest

from plmemory.datasets.features import load as random_features
from plmemory.errors import InputError
from plmemory.seeds import generator

SITES = 4000


def rngs(replicates=1):
    return [generator(1, "test features", replicate) for replicate in range(replicates)]


def feature_overlap(nonzero):
    """Overlap of a mixture with a feature in it, by enumeration; ties contribute nothing."""
    return np.mean([signs[0] * np.sign(sum(signs)) for signs in product((-1, 1), repeat=nonzero)])


def test_dimensions():
    dataset = random_features.generate(5, 4, 30, 7, 3, rngs(2))
    shapes = {name: (array.dims, array.values.shape) for name, array in dataset.variables.items()}
    assert shapes == {
        "train": (("replicate", "pattern", "site"), (2, 5, 30)),
        "test": (("replicate", "test_pattern", "site"), (2, 4, 30)),
        "features": (("replicate", "feature", "site"), (2, 7, 30)),
    }
    for variable in dataset.variables.values():
        assert variable.values.dtype == np.int8
        assert set(np.unique(variable.values)) == {-1, 1}
    assert np.any(np.diff(dataset["features"].values, axis=0))


@pytest.mark.parametrize(
    ("nonzero", "expected"), [(1, 1), (2, 1 / 2), (3, 1 / 2), (4, 3 / 8), (5, 3 / 8)]
)
def test_overlap_of_patterns_and_features(nonzero, expected):
    """Every pattern, seen or unseen, has this overlap with exactly L features, else none."""
    assert feature_overlap(nonzero) == pytest.approx(expected)
    dataset = random_features.generate(60, 40, SITES, 12, nonzero, rngs())
    hidden = dataset["features"].values[0].astype(float)
    for name in ("train", "test"):
        overlaps = dataset[name].values[0] @ hidden.T / SITES
        mixed = np.abs(overlaps) > expected / 2
        np.testing.assert_array_equal(mixed.sum(axis=1), nonzero)
        # 1/sqrt(N) is the standard error of one overlap; 100 x 12 are compared.
        np.testing.assert_allclose(
            np.abs(overlaps), np.where(mixed, expected, 0), atol=5 / np.sqrt(SITES)
        )
        mean = np.abs(overlaps[mixed]).mean()
        assert mean == pytest.approx(expected, abs=4 / np.sqrt(SITES * mixed.sum()) + 1e-12)


def test_features_and_signs_are_chosen_uniformly():
    patterns, features, nonzero, sites = 3000, 10, 3, 500
    dataset = random_features.generate(patterns, 1, sites, features, nonzero, rngs())
    overlaps = dataset["train"].values[0] @ dataset["features"].values[0].astype(float).T / sites
    mixed = np.abs(overlaps) > 0.25
    share = nonzero / features
    deviations = mixed.sum(axis=0) - share * patterns
    assert np.abs(deviations).max() < 4 * np.sqrt(patterns * share * (1 - share))
    signs = np.sign(overlaps[mixed])
    assert abs(signs.mean()) < 4 / np.sqrt(signs.size)
    # Choices of two features in one pattern: L (L - 1) / (D (D - 1)) for every pair.
    together = (mixed.T.astype(float) @ mixed)[np.triu_indices(features, 1)] / patterns
    expected = share * (nonzero - 1) / (features - 1)
    assert np.abs(together - expected).max() < 4.5 * np.sqrt(expected / patterns)


def test_ties_are_broken_at_random():
    """With two features it is known where the sum cancels."""
    hidden = np.ones((2, SITES), np.int8)
    hidden[1, ::2] = -1
    drawn = random_features.mixtures(hidden, 200, 2, generator(1, "ties"))
    agreeing, cancelling = hidden[0] == hidden[1], hidden[0] != hidden[1]
    # Equal coefficients add up where the features agree and cancel elsewhere, unequal ones the
    # other way round: a pattern is constant on one kind of site and random on the other.
    constant = [np.abs(drawn[:, kind].mean(axis=1)) == 1 for kind in (agreeing, cancelling)]
    np.testing.assert_array_equal(constant[0], ~constant[1])
    first = drawn[constant[0]][:, cancelling]
    assert 60 < len(first) < 140
    assert abs(first.mean()) < 4 / np.sqrt(first.size)


def test_more_patterns_leave_the_rest_unchanged():
    few = random_features.generate(5, 8, 40, 9, 2, rngs(2))
    many = random_features.generate(50, 8, 40, 9, 2, rngs(2))
    for name in ("features", "test"):
        np.testing.assert_array_equal(few[name].values, many[name].values)
    np.testing.assert_array_equal(few["train"].values, many["train"].values[:, :5])
    assert not np.isin(many["test"].values[0] @ many["train"].values[0].T, 40).any()


@pytest.mark.parametrize("nonzero", [0, 8])
def test_a_mixture_of_more_features_than_there_are_is_refused(nonzero):
    with pytest.raises(InputError, match=rf"\(L\): found {nonzero}, expected 1 to 7"):
        random_features.generate(5, 4, 30, 7, nonzero, rngs())


def test_all_loads_of_a_replicate_share_features_and_test_patterns():
    def rng(*identity):
        return generator(1, "data", "toy", *identity)

    settings = {"test_patterns": 8, "sites": 40, "features": 9, "nonzero": 2, "replicates": 2}
    few = random_features.load(rng, patterns=5, **settings)
    many = random_features.load(rng, patterns=50, **settings)
    for name in ("features", "test"):
        np.testing.assert_array_equal(few[name].values, many[name].values)
        assert (few[name].values[0] != few[name].values[1]).any()
    np.testing.assert_array_equal(few["train"].values, many["train"].values[:, :5])
    named = [generator(1, "data", "toy", replicate) for replicate in range(2)]
    same = random_features.generate(5, 8, 40, 9, 2, named)
    np.testing.assert_array_equal(few["train"].values, same["train"].values)
