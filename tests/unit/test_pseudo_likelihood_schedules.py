"""Schedules of gradient descent on the pseudo-likelihood, against a naive loop."""

import itertools

import numpy as np
import pytest
from unit.descents import DOUBLE, LOOPS, descend, patterns_of, use_loops

from plmemory.errors import InputError
from plmemory.learning.pseudo_likelihood.about import ABOUT
from plmemory.learning.pseudo_likelihood.learn import learn
from plmemory.networks.ising.couplings import row_norms
from plmemory.seeds import generator

pytestmark = pytest.mark.usefixtures("loops")


@pytest.fixture(params=LOOPS)
def loops(request, monkeypatch):
    """Every test with both kinds of loops."""
    use_loops(request.param, monkeypatch)
    return request.param


def naive(patterns, start, rates, inverse_temperature=1.0, batches=None):
    """The couplings (E + 1, N, N) at all times; ``batches``: the patterns of each epoch's steps."""
    couplings, times = start.copy(), [start]
    sites = patterns.shape[1]
    for epoch, rate in enumerate(rates):
        for chosen in [slice(None)] if batches is None else batches[epoch]:
            spins = patterns[chosen].astype(float)
            gradient = np.zeros((sites, sites))
            for xi in spins:
                for i in range(sites):
                    gradient[i] -= (xi[i] - np.tanh(inverse_temperature * couplings[i] @ xi)) * xi
            np.fill_diagonal(gradient, 0.0)
            couplings = couplings - rate * gradient / (len(spins) * sites)
        times.append(couplings)
    return np.array(times)


def test_without_its_short_last_batch_an_epoch_has_only_whole_ones():
    patterns = patterns_of(1, 11, 6)
    rng = generator(0, "test", 0)
    orders = [rng.permutation(11) for _ in range(3)]
    batches = [[order[:4], order[4:8]] for order in orders]
    expected = naive(patterns[0], np.zeros((6, 6)), [5.0] * 3, batches=batches)
    found = descend(patterns, batch_size=4, epochs=3, drop_last=True).couplings[0]
    np.testing.assert_allclose(found, expected[-1], rtol=1e-10)
    kept = descend(patterns, batch_size=4, epochs=3).couplings[0]
    assert np.abs(found - kept).max() > 0.01


@pytest.mark.parametrize("batch_size", [None, 5, 10, 30])
def test_batches_that_are_all_whole_are_all_kept(batch_size):
    patterns = patterns_of(2, 10, 6)
    one, other = (
        descend(patterns, batch_size=batch_size, drop_last=drop) for drop in (True, False)
    )
    np.testing.assert_array_equal(one.couplings, other.couplings)


@pytest.mark.parametrize("space", ["direct", "gram"])
def test_the_rate_is_divided_at_fractions_of_the_epochs(space):
    """Of nine epochs, those from 9/4 and from 9/2 on."""
    patterns = patterns_of(1, 11, 6)
    rates = [3.0 * 0.9**epoch for epoch in range(9)]
    rates = [
        rate / (1 if epoch < 3 else 4 if epoch < 5 else 16) for epoch, rate in enumerate(rates)
    ]
    expected = naive(patterns[0], np.zeros((6, 6)), rates)
    found = descend(
        patterns, learning_rate=3.0, decay=0.9, rate_steps=[0.25, 0.5], rate_factor=4.0, epochs=9,
        space=space, record_epochs=range(9), keep_couplings=True,
    )  # fmt: skip
    np.testing.assert_allclose(found.snapshots[:, 0], expected, rtol=1e-10)


@pytest.mark.parametrize("space", ["direct", "gram"])
def test_the_mean_hebb_start_is_the_mean_over_the_patterns(space):
    patterns = patterns_of(2, 11, 6)
    found = descend(
        patterns, initial="hebb_mean", initial_scale=0.3, epochs=2, space=space,
        inverse_temperature=0.7, keep_couplings=True,
    )  # fmt: skip
    for r, spins in enumerate(patterns):
        start = 0.3 * np.mean([np.outer(xi, xi) for xi in spins], axis=0)
        np.fill_diagonal(start, 0.0)
        np.testing.assert_allclose(found.snapshots[0, r], start, rtol=1e-12)
        expected = naive(spins, start, [5.0] * 2, inverse_temperature=0.7)
        np.testing.assert_allclose(found.couplings[r], expected[-1], rtol=1e-10)


def settings(**changes):
    """All settings of the rule as jobs pass them."""
    known = {name: setting.default for name, setting in ABOUT.settings.items()}
    del known["record_overlap"]
    return known | changes


def test_epochs_that_are_named_are_recorded_and_their_couplings_kept():
    patterns, rngs = patterns_of(2, 11, 6), [generator(0, "test", r) for r in range(2)]
    changes = {"epochs": 12, "learning_rate": 3.0, "record_at": [2, 3, 7], "batch_size": 4}
    found = learn(patterns, DOUBLE, rngs, **settings(**changes, keep_couplings=True))
    assert found.history["epoch"].tolist() == [0, 2, 3, 7, 12]
    assert found.snapshots.shape == (5, 2, 6, 6)
    np.testing.assert_array_equal(found.snapshots[-1], found.couplings)
    norms = [row_norms(couplings).mean(axis=1) for couplings in found.snapshots]
    np.testing.assert_allclose(norms, found.history["norm"])
    assert all((one != other).any() for one, other in itertools.pairwise(found.snapshots))
    axes, values, _ = found.variables["snapshots"]
    assert axes == ("record", "replicate", "site", "source")
    np.testing.assert_array_equal(values, found.snapshots)
    rngs = [generator(0, "test", r) for r in range(2)]
    bare = learn(patterns, DOUBLE, rngs, **settings(**changes))
    assert bare.snapshots is None
    assert set(bare.variables) == {"couplings"}
    np.testing.assert_array_equal(bare.couplings, found.couplings)


def test_couplings_are_kept_of_replicates_that_are_learned_apart():
    patterns = patterns_of(3, 40, 24)

    def observe(rows, epoch, couplings):
        if len(couplings) > 1:
            raise MemoryError
        return {}

    changes = {"initial": "random", "record_epochs": [10], "keep_couplings": True}
    apart = descend(patterns, observe=observe, **changes)
    np.testing.assert_allclose(
        apart.snapshots, descend(patterns, **changes).snapshots, rtol=1e-12, atol=1e-14
    )


def test_the_rule_provides_snapshots_where_it_keeps_them():
    watched = settings(record_overlap=0.5, keep_couplings=False)
    assert ABOUT.provides(watched) == {"norm", "history"}
    assert ABOUT.provides(watched | {"keep_couplings": True}) == {"norm", "history", "snapshots"}
    assert ABOUT.provides(watched | {"record_overlap": None}) == set()


def test_a_record_beyond_the_last_epoch_is_named():
    told = settings(epochs=12, record_at=[1, 13])
    with pytest.raises(InputError, match=r"^record_at: found 13, expected at most 12, the epochs$"):
        learn(patterns_of(1, 5, 6), DOUBLE, [generator(0, "test", 0)], **told)
