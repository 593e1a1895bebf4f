"""Whole descents of the pseudo-likelihood: where they lead, what they tell, how they fail."""

import itertools

import numpy as np
import pytest
from sklearn.svm import LinearSVC
from unit.descents import DOUBLE, LOOPS, descend, patterns_of, use_loops

from plmemory.errors import InputError, TrainingError
from plmemory.learning.pseudo_likelihood.learn import learn
from plmemory.machine.backend import select
from plmemory.networks.ising.couplings import (
    coupling_cosine,
    energies,
    reconstruction_error,
    row_norms,
    stabilities,
)
from plmemory.seeds import generator

pytestmark = pytest.mark.usefixtures("loops")


@pytest.fixture(params=LOOPS)
def loops(request, monkeypatch):
    """Every test with both kinds of loops."""
    use_loops(request.param, monkeypatch)
    return request.param


@pytest.mark.parametrize("symmetric", [False, True])
def test_loss_falls_at_every_step_of_a_small_rate(symmetric):
    patterns = patterns_of(1, 60, 20)
    # The curvature is at most lambda / N times the largest eigenvalue of the correlations.
    correlations = patterns[0].astype(float).T @ patterns[0] / 60
    rate = 20 / np.linalg.eigvalsh(correlations)[-1]
    history = descend(
        patterns, epochs=60, learning_rate=rate, symmetric=symmetric, record_epochs=range(60)
    ).history
    assert (np.diff(history["loss"][:, 0]) < 0).all()
    assert (np.diff(history["norm"][:, 0]) > 0).all()


def test_large_norms_approach_maximum_stability():
    """The direction on separable data tends to the hard-margin one, as 1/log(epochs)."""
    patterns = patterns_of(1, 4, 25)
    spins = patterns[0].astype(float)
    margins = np.empty(25)
    for i in range(25):
        others = np.delete(spins, i, axis=1) * spins[:, i : i + 1]
        # Separating xi_i xi_j from their mirror images needs no intercept: labels of both signs.
        svm = LinearSVC(C=1e6, loss="hinge", fit_intercept=False, tol=1e-8, max_iter=1_000_000)
        svm.fit(np.concatenate([others, -others]), [1] * 4 + [-1] * 4)
        margins[i] = (others @ svm.coef_[0]).min() / np.linalg.norm(svm.coef_[0])
    shortfalls = []
    for epochs in (30, 1000, 10000):
        result = descend(patterns, inverse_temperature=2.0, learning_rate=5.0, epochs=epochs)
        smallest = stabilities(result.couplings, patterns)[0].min(axis=0)
        assert (smallest <= margins * (1 + 1e-6)).all()
        shortfalls.append((1 - smallest / margins).max())
    assert shortfalls[0] > shortfalls[1] > shortfalls[2]
    assert shortfalls[2] < 0.03


@pytest.mark.parametrize("symmetric", [False, True])
def test_infinite_data_recovers_the_couplings(symmetric):
    """All states of a small system, repeated by their Boltzmann weights, give J/(lambda T)."""
    sites, temperature, inverse_temperature = 4, 1.3, 0.8
    rng = np.random.default_rng(3)
    true = np.triu(rng.normal(scale=0.5, size=(sites, sites)), 1)
    true += true.T
    states = np.array(list(itertools.product([-1, 1], repeat=sites)), dtype=np.int8)
    weights = np.exp(-energies(true[None], states[None])[0] * sites / temperature)
    repeats = np.rint(20000 * weights / weights.sum()).astype(int)
    patterns = np.repeat(states, repeats, axis=0)[None]
    target = true[None] / (temperature * inverse_temperature)
    result = descend(
        patterns,
        symmetric=symmetric,
        inverse_temperature=inverse_temperature,
        learning_rate=4.0,
        epochs=400,
    )
    # Rounding 16 weights to whole samples moves each of them by 1/40 000 at most.
    assert np.abs(result.couplings - target).max() < 2e-3
    assert reconstruction_error(result.couplings, target) < 1e-3
    assert coupling_cosine(result.couplings, target) > 1 - 1e-6


def test_history_holds_the_records_and_what_is_observed():
    patterns = patterns_of(2, 10, 12)
    seen, reports = [], []

    def observe(rows, epoch, couplings):
        seen.append((epoch, couplings.copy()))
        assert range(*rows.indices(9)) == range(2)
        return {"largest": np.abs(couplings).max(axis=(1, 2))}

    result = descend(
        patterns,
        epochs=60,
        record_epochs=[7, 20],
        observe=observe,
        progress=lambda *report: reports.append(report),
    )
    assert result.history["epoch"].tolist() == [0, 7, 20, 60]
    assert [epoch for epoch, _ in seen] == [0, 7, 20, 60]
    np.testing.assert_array_equal(seen[-1][1], result.couplings)
    assert set(result.history) == {
        "epoch", "loss", "norm", "asymmetry", "min_stability", "hebb_distance", "largest",
    }  # fmt: skip
    assert all(v.shape == (4, 2) for k, v in result.history.items() if k != "epoch")
    for key in ("norm", "min_stability"):
        expected = {
            "norm": row_norms(result.couplings).mean(axis=1),
            "min_stability": stabilities(result.couplings, patterns).min(axis=(1, 2)),
        }[key]
        np.testing.assert_allclose(result.history[key][-1], expected)
    assert np.isnan(result.history["min_stability"][0]).all()
    # Of rows of any norm: the first couplings are rescaled, the stability is the same.
    starts = [
        descend(patterns, initial="random", initial_scale=scale, epochs=1, record_epochs=[0])
        for scale in (1e-3, 10.0)
    ]
    least = [start.history["min_stability"][0] for start in starts]
    np.testing.assert_allclose(least[0], least[1], rtol=1e-6)
    assert (starts[0].history["norm"][0] < 0.1).all()
    assert [report[:2] for report in reports] == [(e, 60) for e in (0, 7, 20, 50, 60)]
    assert reports[-1][2] == pytest.approx(result.history["loss"][-1].mean())
    np.testing.assert_array_equal(result.diagnostics["loss"], result.history["loss"][-1])
    assert result.converged.all()
    # Looking at the couplings does not change the training.
    np.testing.assert_array_equal(result.couplings, descend(patterns, epochs=60).couplings)


@pytest.mark.parametrize("changes", [{}, {"batch_size": 20}, {"symmetric": True}])
def test_a_rate_too_large_stops_with_the_setting_to_change(changes):
    patterns = patterns_of(1, 80, 20)  # not separable: the loss cannot fall to zero
    with pytest.raises(TrainingError, match=r"^learning_rate: found a loss of .* lower it$"):
        descend(patterns, learning_rate=1e4, epochs=1000, **changes)


@pytest.mark.parametrize("space", ["direct", "gram"])
def test_growth_without_bound_stops_soon(space):
    """With learning_rate * l2 / N > 2 the couplings grow geometrically."""
    patterns = patterns_of(1, 10, 20)
    reports = []
    with pytest.raises(TrainingError, match=r"^learning_rate: found a loss"):
        descend(patterns, space=space, l2=1.0, learning_rate=1e3, epochs=1000, initial="random",
              progress=lambda *report: reports.append(report))  # fmt: skip
    assert len(reports) <= 3


def test_not_a_number_stops_with_the_setting_to_change():
    patterns = patterns_of(1, 10, 20)
    with pytest.raises(TrainingError, match=r"^learning_rate: .* not finite at epoch 50; lower it"):
        descend(patterns, backend=select("cpu"), l2=1.0, learning_rate=1e12, epochs=1000)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"space": "gram", "symmetric": True}, "space: found 'gram', expected 'direct' for"),
        ({"space": "gram", "batch_size": 2}, "space: found 'gram', expected 'direct' for"),
        ({"record_epochs": [3, 21]}, r"record_epochs: found \[3, 21\], expected 0 to 20"),
    ],
)
def test_settings_that_do_not_go_together_are_named(changes, message):
    with pytest.raises(InputError, match="^" + message):
        descend(patterns_of(1, 5, 6), **changes)


def test_the_records_of_a_training_are_spaced_evenly_on_a_logarithmic_scale():
    """Ten of 1000 epochs: each 1000^(1/9) = 2.15 times the one before, rounded."""
    patterns, rngs = patterns_of(2, 10, 12), [generator(0, "test", r) for r in range(2)]
    settings = {"inverse_temperature": 0.7, "learning_rate": 3.0, "batch_size": 4, "decay": 0.999}
    settings |= {"initial": "random", "initial_scale": 0.3, "symmetric": False}
    settings |= {"l2": 0.01, "clip_norm": None}
    learned = learn(patterns, DOUBLE, rngs, epochs=1000, records=10, **settings)
    at = [0, 1, 2, 5, 10, 22, 46, 100, 215, 464, 1000]
    assert learned.history["epoch"].tolist() == at
    same = descend(patterns, epochs=1000, record_epochs=at, **settings)
    np.testing.assert_array_equal(learned.couplings, same.couplings)
    for quantity, values in same.history.items():
        np.testing.assert_array_equal(learned.history[quantity], values)
    (name,) = learned.variables
    axes, values, attributes = learned.variables[name]
    assert attributes == {"convention": "couplings act on `site` from `source`"}
    assert (name, axes) == ("couplings", ("replicate", "site", "source"))
    np.testing.assert_array_equal(values, learned.couplings)


def test_a_training_of_one_epoch_has_one_record_besides_its_start():
    settings = {"inverse_temperature": 1.0, "learning_rate": 5.0, "batch_size": None, "decay": 1.0}
    settings |= {"initial": "zero", "initial_scale": 0.0, "symmetric": True}
    settings |= {"l2": 0.0, "clip_norm": None}
    rngs = [generator(0, "test", 0)]
    learned = learn(patterns_of(1, 5, 6), DOUBLE, rngs, epochs=1, records=10, **settings)
    assert learned.history["epoch"].tolist() == [0, 1]
