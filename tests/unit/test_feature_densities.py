"""Random features at several densities: their data set, and what is retained of them."""

import numpy as np
import pytest
from unit import small_jobs as naive

from plmemory.datasets.feature_densities import load as feature_densities
from plmemory.datasets.feature_densities.about import ABOUT
from plmemory.datasets.features.load import generate
from plmemory.errors import InputError
from plmemory.machine.backend import select
from plmemory.measures.retained.measure import measure
from plmemory.seeds import generator

CPU = select("cpu")


def rng(*identity):
    return generator(1, "data", "toy", *identity)


def test_the_replicates_have_the_densities_in_turn():
    settings = {"sites": 20, "densities": [0.15, 0.4], "replicates": 4}
    found = feature_densities.load(rng, patterns=6, test_patterns=5, nonzero=3, **settings)
    assert found["train"].values.shape == (4, 6, 20)
    owner = found["feature_replicate"].values
    assert np.bincount(owner).tolist() == [3, 8, 3, 8]
    for r, count in enumerate([3, 8, 3, 8]):
        same = generate(6, 5, 20, count, 3, [rng(r)])
        for name in ("train", "test"):
            np.testing.assert_array_equal(found[name].values[r], same[name].values[0])
        mine = found["features"].values[owner == r]
        np.testing.assert_array_equal(mine, same["features"].values[0])


def test_dense_mixtures_hold_all_features():
    """Of an odd number of features no sum cancels: the mixtures are signs of sums of all."""
    found = feature_densities.load(
        rng, patterns=200, test_patterns=1, nonzero=None, sites=60, densities=[0.05], replicates=1
    )
    hidden = found["features"].values.astype(int)
    assert hidden.shape == (3, 60)
    signs = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, 8).T
    possible = {np.sign(row @ hidden).astype(np.int8).tobytes() for row in signs}
    assert {row.tobytes() for row in found["train"].values[0]} == possible


def test_few_sites_have_one_feature_at_least():
    settings = {"sites": 10, "densities": [0.01], "replicates": 1}
    found = feature_densities.load(rng, patterns=4, test_patterns=1, nonzero=None, **settings)
    assert found["features"].values.shape == (1, 10)
    assert (np.abs(found["train"].values[0] @ found["features"].values[0]) == 10).all()


def test_replicates_are_a_multiple_of_the_densities():
    settings = {"densities": [0.1, 0.2, 0.5], "replicates": 4, "sites": 100, "nonzero": 3}
    with pytest.raises(InputError, match="found 4, expected a multiple of the 3 densities"):
        ABOUT.check(settings)
    ABOUT.check(settings | {"replicates": 6})


def job_of(seed, owner):
    """A job on drawn patterns with unseen ones, and features that belong to these replicates."""
    made, rng = naive.drawn(seed, noise=0.4), np.random.default_rng(seed + 1)
    made.features = naive.spins_of(rng, len(owner), naive.SITES)
    made.test = naive.spins_of(rng, naive.REPLICATES, 4, naive.SITES)
    made.job.dataset["features"] = (("feature", "site"), made.features)
    made.job.dataset["feature_replicate"] = ("feature", np.array(owner))
    made.job.dataset["test"] = (("replicate", "test_pattern", "site"), made.test)
    return made


def test_what_is_retained_is_what_the_naive_dynamics_keeps():
    made = job_of(31, [0, 0, 1, 1, 1])
    found = measure(made.job, CPU, steps=[6, 2], starts=100)
    assert found["steps"].values.tolist() == [2, 6]
    assert found["start"].values.tolist() == ["train", "test", "feature"]
    np.testing.assert_array_equal(found["states"].values, [[5, 4, 2], [5, 4, 3]])
    np.testing.assert_allclose(found["density"].values, [2 / 12, 3 / 12])
    own = [made.features[:2], made.features[2:]]
    for r in range(naive.REPLICATES):
        for place, starts in enumerate((made.patterns[r], made.test[r], own[r])):
            histories = [naive.history(made.couplings[r], state, 6) for state in starts]
            for k, steps in enumerate((2, 6)):
                kept = [naive.overlap(states[steps], states[0]) for states in histories]
                assert found["overlap"].values[r, place, k] == pytest.approx(np.mean(kept))
    overlaps = found["overlap"].values
    assert (overlaps[..., 0] != overlaps[..., 1]).any()


def test_at_most_so_many_starts_are_followed():
    made = job_of(33, [0, 0, 0, 0, 1, 1])
    found = measure(made.job, CPU, steps=[2], starts=3)
    np.testing.assert_array_equal(found["states"].values, [[3, 3, 3], [3, 3, 2]])
    np.testing.assert_allclose(found["density"].values, [4 / 12, 2 / 12])
