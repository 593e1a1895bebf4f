"""Dreaming against closed forms, ridge regression and theory; daydreaming against a plain loop."""

import numpy as np
import pytest
from scipy.integrate import quad

from plmemory.errors import InputError
from plmemory.learning.daydreaming import learn as daydreaming
from plmemory.learning.dreaming import learn as dreaming
from plmemory.learning.dreaming import theory
from plmemory.learning.hebb import learn as hebb
from plmemory.learning.pseudo_inverse import learn as pseudo_inverse
from plmemory.machine import backend as backends
from plmemory.theory.ridge import response
from plmemory.theory.stabilities import hebb as hebb_theory
from plmemory.theory.stabilities import pseudo_inverse as pseudo_inverse_theory

DOUBLE = backends.select("cpu", "float64")
SINGLE = backends.select("cpu", "float32")
BOTH = pytest.mark.parametrize("backend", [DOUBLE, SINGLE], ids=["float64", "float32"])


def random_patterns(replicates, count, sites, seed=1):
    rng = np.random.default_rng(seed)
    return rng.choice(np.array([-1, 1], dtype=np.int8), size=(replicates, count, sites))


def stabilities(couplings, patterns):
    """xi_i h_i / |J_i| (P, N), from the definition."""
    couplings = couplings.astype(np.float64)
    return patterns * (patterns @ couplings.T) / np.linalg.norm(couplings, axis=1)


@BOTH
@pytest.mark.parametrize("count", [15, 70])
@pytest.mark.parametrize("time", [0.3, 7.0])
def test_dreaming_is_its_formula(backend, count, time):
    patterns = random_patterns(2, count, 40)
    learned = dreaming.learn(patterns, backend, dreaming_time=time)
    for spins, found in zip(patterns.astype(float), learned.couplings, strict=True):
        correlations = spins @ spins.T / 40
        inverse = np.linalg.inv(np.eye(count) + time * correlations)
        expected = spins.T @ ((1 + time) * inverse) @ spins / 40
        np.fill_diagonal(expected, 0)
        np.testing.assert_allclose(found, expected, atol=50 * np.finfo(backend.dtype).eps)
    assert learned.couplings.dtype == backend.dtype
    assert learned.converged.all()


@pytest.mark.parametrize("count", [15, 70])
def test_a_row_of_dreaming_is_the_ridge_regression_of_its_site_on_the_others(count):
    patterns, time = random_patterns(1, count, 40), 3.0
    couplings = dreaming.learn(patterns, DOUBLE, dreaming_time=time).couplings[0]
    for site in (0, 23):
        others = np.delete(patterns[0], site, axis=1).astype(float)
        own = patterns[0, :, site].astype(float)
        row = np.linalg.solve(others.T @ others + 40 / time * np.eye(39), others.T @ own)
        found = np.delete(couplings[site], site)
        np.testing.assert_allclose(
            found / np.linalg.norm(found), row / np.linalg.norm(row), atol=1e-12
        )


def test_dreaming_begins_as_hebbs_rule_and_ends_as_the_pseudo_inverse():
    patterns = random_patterns(2, 15, 40)
    first = dreaming.learn(patterns, DOUBLE, dreaming_time=0).couplings
    np.testing.assert_allclose(first, hebb.learn(patterns, DOUBLE).couplings, atol=1e-14)
    last = pseudo_inverse.learn(patterns, DOUBLE).couplings
    gaps = [
        np.abs(dreaming.learn(patterns, DOUBLE, dreaming_time=time).couplings - last).max()
        for time in (1e4, 1e5)
    ]
    assert gaps[1] == pytest.approx(gaps[0] / 10, rel=1e-2)
    assert gaps[1] < 1e-4


def test_one_eigensystem_serves_all_times():
    patterns = random_patterns(1, 25, 60)
    system = dreaming.eigensystem(patterns[0])
    assert system.values.shape == (25,)
    for time in (0.0, 1.0, 30.0):
        learned = dreaming.learn(patterns, DOUBLE, dreaming_time=time)
        np.testing.assert_array_equal(dreaming.couplings_at(system, time), learned.couplings[0])


@pytest.mark.parametrize("time", [-1.0, np.inf])
def test_a_dreaming_time_out_of_range_is_an_input_error(time):
    with pytest.raises(InputError, match="dreaming_time: found"):
        dreaming.learn(random_patterns(1, 3, 10), DOUBLE, dreaming_time=time)
    with pytest.raises(InputError, match="dreaming_time: found"):
        theory.stability_distribution({"alpha": 0.5, "dreaming_time": time})


@pytest.mark.parametrize(("alpha", "time"), [(0.2, 5.0), (0.5, 1.0), (0.5, 12.0), (1.5, 3.0)])
def test_stabilities_of_dreaming_are_gaussian_as_in_theory(alpha, time):
    sites = 600
    patterns = random_patterns(1, round(alpha * sites), sites)
    couplings = dreaming.learn(patterns, SINGLE, dreaming_time=time).couplings[0]
    delta = stabilities(couplings, patterns[0])
    exact = theory.stability_distribution({"alpha": alpha, "dreaming_time": time})
    # Widths of rows approach the limit as 1 - 10 / N, means faster; the rows share patterns.
    assert delta.mean() == pytest.approx(exact.mean, rel=0.005)
    assert delta.std(axis=0).mean() == pytest.approx(exact.std, rel=0.03)
    centred = (delta - delta.mean(axis=0)) / delta.std(axis=0)
    assert np.mean(centred**3) == pytest.approx(0, abs=0.05)
    assert np.mean(centred**4) == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize(("alpha", "time"), [(0.4, 0.5), (0.4, 20.0), (1.0, 4.0), (1.7, 9.0)])
def test_response_is_the_transform_of_the_marchenko_pastur_law(alpha, time):
    low, high = (1 - np.sqrt(alpha)) ** 2, (1 + np.sqrt(alpha)) ** 2

    def density(x):
        return np.sqrt((x - low) * (high - x)) / (2 * np.pi * x)

    bulk = quad(lambda x: density(x) / (1 + time * x), low, high)[0]
    assert response(alpha, time) / time == pytest.approx(bulk + max(1 - alpha, 0), rel=1e-6)


def test_theory_of_dreaming_has_its_limits():
    np.testing.assert_allclose(
        [theory.stability_distribution({"alpha": 0.3, "dreaming_time": 0}).mean],
        [hebb_theory(0.3).mean],
    )
    early = theory.stability_distribution({"alpha": 0.3, "dreaming_time": 1e-6})
    assert early.mean == pytest.approx(hebb_theory(0.3).mean, abs=1e-5)
    assert early.std == pytest.approx(1, abs=1e-5)
    late = theory.stability_distribution({"alpha": 0.3, "dreaming_time": 1e7})
    assert late.mean == pytest.approx(pseudo_inverse_theory(0.3).mean, abs=1e-5)
    assert late.std < 1e-6
    assert late.weights.sum() == pytest.approx(1)


def plain_daydreaming(spins, rng, tau, epochs, batch):
    """As the paper tells it, one step and one spin at a time; the same draws."""
    count, sites = spins.shape
    couplings = spins.T.astype(float) @ spins / sites
    np.fill_diagonal(couplings, 0)
    couplings /= np.abs(np.linalg.eigvalsh(couplings)).max()
    for _ in range(epochs):
        for first in range(0, sites, batch):
            now = min(batch, sites - first)
            chosen = rng.integers(count, size=now)
            dreams = rng.choice([-1.0, 1.0], size=(now, sites))
            order = rng.permutation(sites)
            step = np.zeros_like(couplings)
            for pattern, dream in zip(chosen, dreams, strict=True):
                moved = True
                while moved:
                    moved = False
                    for site in order:
                        if couplings[site] @ dream * dream[site] < 0:
                            dream[site], moved = -dream[site], True
                step += np.outer(spins[pattern], spins[pattern]) - np.outer(dream, dream)
            couplings += step / (tau * sites)
        couplings /= np.abs(np.linalg.eigvalsh(couplings)).max()
    return couplings


def test_daydreaming_is_the_plain_loop():
    patterns = random_patterns(2, 5, 22)  # odd and even: no field is zero at first
    settings = {"tau": 9.137, "epochs": 3, "batch": 5}
    rngs = [np.random.default_rng(seed) for seed in (3, 4)]
    learned = daydreaming.learn(patterns, DOUBLE, rngs, **settings)
    for replicate, seed in enumerate((3, 4)):
        expected = plain_daydreaming(patterns[replicate], np.random.default_rng(seed), **settings)
        np.testing.assert_allclose(learned.couplings[replicate], expected, atol=1e-12)
    np.testing.assert_array_equal(learned.history["epoch"], [1, 2, 3])
    last = [
        stabilities(matrix, spins).min()
        for matrix, spins in zip(learned.couplings, patterns, strict=True)
    ]
    np.testing.assert_allclose(learned.history["min_stability"][-1], last)


@BOTH
def test_daydreaming_stabilises_what_hebbs_rule_does_not_and_becomes_stationary(backend):
    patterns = random_patterns(1, 30, 100)
    assert stabilities(hebb.learn(patterns, backend).couplings[0], patterns[0]).min() < -0.5
    learned = daydreaming.learn(
        patterns, backend, [np.random.default_rng(0)], tau=200.0, epochs=200, batch=10
    )
    assert learned.couplings.dtype == backend.dtype
    assert stabilities(learned.couplings[0], patterns[0]).min() > 0.2
    np.testing.assert_allclose(learned.couplings, np.swapaxes(learned.couplings, 1, 2), atol=1e-7)
    np.testing.assert_array_equal(np.diagonal(learned.couplings, axis1=1, axis2=2), 0)
    change = learned.history["change"][:, 0]
    assert change[-20:].mean() < change[0] / 5
    late, later = learned.history["min_stability"][-50:-25], learned.history["min_stability"][-25:]
    assert later.mean() == pytest.approx(late.mean(), abs=0.1)  # it destroys nothing


def test_daydreaming_refuses_a_time_that_is_not_positive():
    with pytest.raises(InputError, match="tau: found 0, expected a positive number"):
        daydreaming.learn(
            random_patterns(1, 3, 10), DOUBLE, [np.random.default_rng()], tau=0, epochs=1, batch=1
        )
