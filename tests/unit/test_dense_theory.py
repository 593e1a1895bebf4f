"""Capacities of dense associative memories against simulation and known constants."""

import numpy as np
import pytest
import xarray as xr
from scipy.special import erf

from plmemory.errors import InputError
from plmemory.figures.dense.stability import unstable_sites
from plmemory.figures.dense.table import build
from plmemory.theory.dense import exponential_rate, polynomial_capacity, polynomial_error


@pytest.mark.parametrize(("order", "sites", "patterns"), [(2, 300, 90), (3, 60, 500)])
def test_unstable_sites_are_as_many_as_in_a_simulation(order, sites, patterns):
    rng = np.random.default_rng(1)
    wrong, tried = 0, 0
    for _ in range(20):
        xi = rng.choice([-1.0, 1.0], size=(patterns, sites))
        for state in xi[:25]:
            without = xi @ state - (site_terms := xi * state).T  # (N, P): site by site
            gain = (site_terms.T + without) ** order - (without - site_terms.T) ** order
            wrong += (gain.sum(axis=1) <= 0).sum()
            tried += sites
    exact = polynomial_error(sites, order, patterns)
    # The own pattern is one of the P; moments of N spins differ from Gaussian ones by 1/N.
    assert wrong / tried == pytest.approx(exact, rel=0.12)


def test_two_site_couplings_are_hebbs_rule():
    assert polynomial_error(1000, 2, 138) == pytest.approx(0.5 - erf(np.sqrt(1 / 0.276)) / 2)
    assert polynomial_capacity(1000, 2, 0.5 - erf(np.sqrt(1 / 0.276)) / 2) == pytest.approx(138)
    assert polynomial_capacity(1000, 2) == pytest.approx(1000 / (2 * np.log(1000)))


def test_capacity_grows_with_the_order_as_a_power_of_the_sites():
    assert polynomial_error(500, 3, round(polynomial_capacity(500, 3, 0.01))) == pytest.approx(
        0.01, rel=1e-3
    )
    ratio = polynomial_capacity(2000, 4, 0.01) / polynomial_capacity(1000, 4, 0.01)
    assert ratio == pytest.approx(2**3)
    # (2n - 3)!! is 1, 3, 15
    assert polynomial_capacity(100, 3) == pytest.approx(100 * polynomial_capacity(100, 2) / 3)
    assert polynomial_capacity(100, 4) == pytest.approx(100 * polynomial_capacity(100, 3) / 5)


def test_the_exponential_memory_has_its_known_rate():
    assert exponential_rate(1.0) == pytest.approx(np.log(2) / 2)
    assert exponential_rate(0.5) == pytest.approx((1.5 * np.log(1.5) + 0.5 * np.log(0.5)) / 4)
    assert exponential_rate(0.01) == pytest.approx(0.01**2 / 4, rel=1e-3)


def test_numbers_out_of_range_are_input_errors():
    with pytest.raises(InputError, match="order: found 1, expected at least two"):
        polynomial_error(10, 1, 3)
    with pytest.raises(InputError, match=r"error: found 0\.7, expected a fraction"):
        polynomial_capacity(10, 2, 0.7)
    with pytest.raises(InputError, match=r"initial overlap: found 0, expected one in \(0, 1\]"):
        exponential_rate(0)


@pytest.mark.parametrize("order", [2, 3, 4])
def test_sites_are_unstable_where_a_flip_lowers_the_energy(order):
    patterns = np.random.default_rng(2).choice(np.array([-1, 1], np.int8), (70, 11))

    def energy(state):
        return -sum(int(pattern @ state) ** order for pattern in patterns.astype(int))

    found = unstable_sites(patterns, order, 9)
    assert found.shape == (9, 11)
    for state, unstable in zip(patterns[:9].astype(int), found, strict=True):
        for site in range(11):
            flipped = state.copy()
            flipped[site] *= -1
            assert unstable[site] == (energy(flipped) < energy(state))
    assert 0.05 < found.mean() < 0.95


def test_more_patterns_are_held_by_a_higher_order_as_theory_has_it():
    sites, draws = 60, 5
    drawn = np.random.default_rng(3).choice(np.array([-1, 1], np.int8), (draws, 300, sites))
    data = [xr.Dataset({"train": (("replicate", "pattern", "site"), drawn)})]
    table = build(data, patterns=[300], orders=[2, 3])
    measured = table[table["unstable_site_fraction"].notna()].set_index(["order", "P"])
    assert list(measured.loc[3].index) == [300, 150, 75, 37, 18, 9]
    for (order, count), row in measured.iterrows():
        exact = polynomial_error(sites, order, count)
        assert row["unstable_site_fraction_theory"] == exact
        # N^(n - 1) / (2 (2n - 3)!! ln N)
        capacity = sites ** (order - 1) / (2 * {2: 1, 3: 3}[order] * np.log(sites))
        assert row["capacity"] == pytest.approx(capacity)
        error = row["unstable_site_fraction_sem"]
        if count >= 75:  # theory is for many; corrections are of the order of 1/N
            allowed = 3 * error + 0.15 * exact + 1e-5
            assert row["unstable_site_fraction"] == pytest.approx(exact, abs=allowed)
        assert row["states"] == draws * min(count, 100)
    assert (
        measured.loc[(3, 300), "unstable_site_fraction"]
        < 0.5 * (measured.loc[(2, 300), "unstable_site_fraction"])
    )
    assert len(table) > len(measured) + 50  # and lines of theory
