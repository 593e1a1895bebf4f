"""Random patterns, and the choice of training examples from any data set."""

import numpy as np
import pytest

from plmemory.datasets import selection
from plmemory.datasets.random import load as random
from plmemory.errors import InputError
from plmemory.files.labelled import Dataset
from plmemory.seeds import generator


def rngs(replicates, *identity):
    return [generator(1, "test", *identity, replicate) for replicate in range(replicates)]


def test_patterns_are_labelled_ising_spins():
    train = random.generate(7, 11, rngs(3))["train"]
    assert train.dims == ("replicate", "pattern", "site")
    assert train.values.shape == (3, 7, 11)
    assert train.values.dtype == np.int8
    assert set(np.unique(train.values)) == {-1, 1}
    assert "+1 or -1" in train.attrs["convention"]


def test_spins_are_unbiased_and_independent():
    replicates, patterns, sites = 4, 60, 500
    train = random.generate(patterns, sites, rngs(replicates))["train"].values.astype(float)
    # The mean of M independent unbiased spins has the standard error 1/sqrt(M).
    assert abs(train.mean()) < 4 / np.sqrt(train.size)
    # So have the overlap of two patterns (M = N) and the correlation of two sites (M = R P):
    # the variance over the K distinct pairs is 1/M, within 1/M sqrt(2/K).
    flat = train.reshape(-1, sites)
    for spins in (flat, flat.T):
        number, length = spins.shape
        pairs = (spins @ spins.T / length)[np.triu_indices(number, 1)]
        assert np.var(pairs) * length == pytest.approx(1, abs=4 * np.sqrt(2 / len(pairs)))


def test_a_replicate_depends_on_its_own_generator_only():
    both = random.generate(5, 20, rngs(2))["train"].values
    second = random.generate(5, 20, rngs(2)[1:])["train"].values
    np.testing.assert_array_equal(both[1], second[0])
    assert (both[0] != both[1]).any()


def test_loads_are_drawn_apart_from_generators_named_by_load_and_replicate():
    def rng(*identity):
        return generator(1, "data", "toy", *identity)

    found = random.load(rng, patterns=5, sites=20, replicates=2)["train"].values
    named = [generator(1, "data", "toy", "P00005", replicate) for replicate in range(2)]
    np.testing.assert_array_equal(found, random.generate(5, 20, named)["train"].values)
    assert (found[0] != found[1]).any()
    more = random.load(rng, patterns=6, sites=20, replicates=2)["train"].values
    assert (more[:, :5] != found).any(axis=(1, 2)).all()


def pool(patterns=50, sites=8):
    """A pool whose examples differ: example mu is the binary code of mu."""
    codes = (np.arange(patterns)[:, None] >> np.arange(sites)) % 2
    spins = (2 * codes - 1).astype(np.int8)
    return Dataset({"train": (("pattern", "site"), spins)}, attrs={"dataset": "mnist"})


def test_draw_from_pool_is_distinct_and_indexed():
    dataset = pool()
    patterns, index = selection.training_set(dataset, 30, 3, rngs(3))
    assert patterns.shape == (3, 30, 8)
    assert patterns.dtype == np.int8
    assert index.shape == (3, 30)
    np.testing.assert_array_equal(patterns, dataset["train"].values[index])
    for drawn in index:
        assert len(set(drawn)) == 30
    assert (np.sort(index[0]) != np.sort(index[1])).any()


def test_draw_from_pool_is_uniform():
    """Each of 50 examples is in a draw of 20 with probability 0.4."""
    draws = 2000
    _, index = selection.training_set(pool(), 20, draws, rngs(draws, "uniform"))
    counts = np.bincount(index.ravel(), minlength=50)
    z = (counts - 0.4 * draws) / np.sqrt(draws * 0.4 * 0.6)
    assert np.abs(z).max() < 4.5


def test_whole_pool_can_be_drawn():
    _, index = selection.training_set(pool(), 50, 1, rngs(1))
    np.testing.assert_array_equal(np.sort(index[0]), np.arange(50))


def test_generated_data_are_taken_as_they_are():
    dataset = random.generate(6, 10, rngs(2))
    dataset.attrs["dataset"] = "random"
    patterns, index = selection.training_set(dataset, 6, 2, [])
    np.testing.assert_array_equal(patterns, dataset["train"].values)
    assert index is None
    fewer, _ = selection.training_set(dataset, 4, 2, [])
    np.testing.assert_array_equal(fewer, dataset["train"].values[:, :4])


@pytest.mark.parametrize("patterns", [51, 0])
def test_more_than_the_pool_holds_is_refused(patterns):
    with pytest.raises(InputError, match=rf"'mnist': found {patterns}, expected 1 to 50"):
        selection.training_set(pool(), patterns, 1, rngs(1))


def test_wrong_number_of_replicates_is_refused():
    dataset = random.generate(6, 10, rngs(2))
    dataset.attrs["dataset"] = "random"
    with pytest.raises(InputError, match="replicates of data set 'random': found 3, expected 2"):
        selection.training_set(dataset, 6, 3, rngs(3))
    with pytest.raises(ValueError, match="2 generators for 3 replicates"):
        selection.training_set(pool(), 6, 3, rngs(2))


def test_what_a_model_was_trained_and_is_tested_on():
    drawn = pool()
    drawn["test"] = (("test_pattern", "site"), -drawn["train"].values[:7])
    places = np.array([[4, 1, 30], [2, 49, 4]])
    model = Dataset({"pattern_index": (("replicate", "pattern"), places)})
    trained = selection.trained_on(drawn, model)
    for replicate, chosen in enumerate(places):
        for place, mu in enumerate(chosen):
            code = [1 if mu >> site & 1 else -1 for site in range(8)]
            assert trained[replicate, place].tolist() == code
    tested = selection.tested_on(drawn, model)
    assert tested.shape == (2, 7, 8)
    np.testing.assert_array_equal(tested, np.stack([drawn["test"].values] * 2))

    own = random.generate(6, 10, rngs(2))
    own["test"] = (("replicate", "test_pattern", "site"), -own["train"].values[:, :4])
    for count, trained in ((4, own["train"].values[:, :4]), (np.inf, own["train"].values)):
        model = Dataset({}, {"patterns": count})
        np.testing.assert_array_equal(selection.trained_on(own, model), trained)
    np.testing.assert_array_equal(selection.tested_on(own, Dataset({})), own["test"].values)


def published(tests=5):
    """The pool with an order of its own and unseen examples that are in no pool."""
    dataset = pool()
    order = np.random.default_rng(8).permutation(50)
    dataset["published_order"] = ("pattern", order)
    dataset["test"] = (("test_pattern", "site"), np.zeros((tests, 8), np.int8))
    dataset["train_label"] = ("pattern", np.arange(50))
    dataset["test_label"] = ("test_pattern", 100 + np.arange(tests))
    return dataset, order


def model_of(dataset, patterns, replicates=3):
    """A model's places in the pool, and its number of patterns."""
    _, places = selection.training_set(dataset, patterns, replicates, rngs(replicates))
    parts = {"pattern_index": (("replicate", "pattern"), places)}
    return Dataset(parts, attrs={"patterns": patterns})


def test_the_first_replicate_is_the_published_draw_and_the_others_are_as_without_it():
    dataset, order = published()
    model = model_of(dataset, 12)
    places = model["pattern_index"].values
    np.testing.assert_array_equal(places[0], order[:12])
    np.testing.assert_array_equal(places[1:], model_of(pool(), 12)["pattern_index"].values[1:])
    np.testing.assert_array_equal(selection.trained_on(dataset, model, "_label"), places)
    tested = selection.tested_on(dataset, model)
    np.testing.assert_array_equal(tested[0], dataset["train"].values[order[12:17]])
    assert (tested[1:] == 0).all()
    labels = selection.tested_on(dataset, model, "_label")
    np.testing.assert_array_equal(labels[0], order[12:17])
    np.testing.assert_array_equal(labels[1:], [100 + np.arange(5)] * 2)


@pytest.mark.parametrize(("patterns", "left"), [(45, 5), (47, 3), (49, 1)])
def test_a_published_draw_with_few_left_is_tested_on_those_and_the_others_on_as_many(
    patterns, left
):
    dataset, order = published()
    tested = selection.tested_on(dataset, model_of(dataset, patterns), "_label")
    np.testing.assert_array_equal(tested[0], order[patterns:])
    np.testing.assert_array_equal(tested[1:], [100 + np.arange(left)] * 2)


def test_a_published_draw_of_the_whole_pool_is_tested_as_the_others_are():
    dataset, _ = published()
    tested = selection.tested_on(dataset, model_of(dataset, 50), "_label")
    np.testing.assert_array_equal(tested, [100 + np.arange(5)] * 3)


def test_the_limit_of_infinitely_many_patterns_is_no_draw():
    dataset, _ = published()
    model = model_of(dataset, 12)
    model.attrs["patterns"] = np.inf
    assert (selection.tested_on(dataset, model) == 0).all()
