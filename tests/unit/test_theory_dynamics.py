"""Theory of the dynamics: Hopfield's retrieval, the one-step map, basins; against simulations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import erf, erfinv

from plmemory.errors import InputError
from plmemory.measures.recall.recall import recall
from plmemory.networks.ising.states import corrupt
from plmemory.theory import basins
from plmemory.theory.basins import basin_boundary, best_b, widest_basin
from plmemory.theory.fixed_norm import pseudo_likelihood
from plmemory.theory.hopfield import hopfield_capacity, hopfield_overlap, hopfield_overlap_at
from plmemory.theory.one_step import one_step_map
from plmemory.theory.stabilities import hebb, maximum_stability, pseudo_inverse


def test_hopfield_capacity_is_the_published_one():
    load, overlap = hopfield_capacity()
    # Where the derivative of g vanishes: erf(y) = (2 / sqrt pi) exp(-y^2) (y + 2 y^3).
    y = erfinv(overlap)
    assert 2 / np.sqrt(np.pi) * np.exp(-y * y) * (y + 2 * y**3) == pytest.approx(overlap, abs=1e-6)
    assert load == pytest.approx(0.1379, abs=5e-5)
    assert overlap == pytest.approx(0.967, abs=5e-4)
    assert hopfield_overlap(load * 1.0001) == 0
    # a square-root singularity: a hundred times closer to the end, ten times closer in overlap
    gaps = [hopfield_overlap(load * (1 - x)) - overlap for x in (1e-4, 1e-6)]
    assert gaps[0] < 2e-3
    assert gaps[1] == pytest.approx(gaps[0] / 10, rel=0.05)


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.1, 0.137])
def test_hopfield_overlap_solves_the_three_equations(alpha):
    m, r = 1.0, 1.0
    for _ in range(5000):
        noise = np.sqrt(2 / (np.pi * alpha * r)) * np.exp(-(m**2) / (2 * alpha * r))
        m, r = erf(m / np.sqrt(2 * alpha * r)), 1 / (1 - noise) ** 2
    assert hopfield_overlap(alpha) == pytest.approx(m, abs=1e-9)


def test_hopfield_overlap_at_finite_temperature_has_its_limits():
    for alpha in (0.02, 0.1, 0.13):
        cold = hopfield_overlap_at(alpha, 1e-4)
        assert cold == pytest.approx(hopfield_overlap(alpha), abs=1e-4)
    assert hopfield_overlap_at(0.15, 1e-3) == 0
    # A finite number of patterns: m = tanh(m / T).
    m = brentq(lambda m: np.tanh(m / 0.7) - m, 0.1, 1)
    assert hopfield_overlap_at(1e-9, 0.7) == pytest.approx(m, abs=1e-6)
    assert hopfield_overlap_at(0.05, 1.1) == 0


def test_hopfield_overlap_at_finite_temperature_is_the_simulated_one():
    sites, count, temperature = 500, 25, 1.5  # in norms of a row, sqrt(0.05)
    rngs = [np.random.default_rng([5, r]) for r in range(4)]
    patterns = np.stack([rng.choice(np.array([-1, 1], np.int8), (count, sites)) for rng in rngs])
    couplings = np.einsum("rpi,rpj->rij", patterns, patterns.astype(float)) / sites
    couplings[:, np.arange(sites), np.arange(sites)] = 0
    settings = {"initial_overlap": 1.0, "sweeps": 30, "order": "sequential"}
    overlaps = recall(couplings, patterns[:, :10], [temperature], rngs, **settings)
    means = overlaps.mean(axis=(1, 2))
    expected = hopfield_overlap_at(count / sites, temperature * np.sqrt(count / sites))
    assert expected == pytest.approx(0.985, abs=1e-3)
    # Corrections for finite N are of the order of 1/N.
    error = means.std(ddof=1) / 2 + 1 / sites
    assert means.mean() == pytest.approx(expected, abs=3 * error)


@pytest.mark.parametrize("m0", [0.0, 0.1, 0.5, 0.9, 0.999, 1 - 1e-9, 1 - 1e-13, 1.0])
def test_one_step_map_of_closed_forms(m0):
    for alpha in (0.1, 0.3, 1.0):
        # signal m0 against noise of variance alpha, whatever the initial overlap
        expected = erf(m0 / np.sqrt(2 * alpha))
        assert one_step_map(hebb(alpha), m0) == pytest.approx(expected, abs=1e-8)
    kappa = pseudo_inverse(0.4).mean
    expected = 1.0 if m0 == 1 else erf(m0 * kappa / np.sqrt(2 * (1 - m0**2)))
    assert one_step_map(pseudo_inverse(0.4), m0) == pytest.approx(expected)


def test_one_step_map_has_the_shape_of_its_argument_and_a_sign():
    learned = pseudo_likelihood(0.8, 3.0)
    m0 = np.linspace(-1, 1, 8).reshape(2, 4)
    m1 = one_step_map(learned, m0)
    assert m1.shape == m0.shape
    np.testing.assert_allclose(m1, -m1[::-1, ::-1], atol=1e-14)
    assert m1[-1, -1] == pytest.approx(1 - 2 * learned.cdf(0), abs=1e-9)
    assert one_step_map(learned, 0.3).shape == ()
    with pytest.raises(InputError, match=r"\[-1, 1\]"):
        one_step_map(learned, 1.1)


def test_a_site_without_field_keeps_its_spin():
    assert one_step_map(np.array([0.0, 2.0, -2.0, 3.0]), 1.0) == pytest.approx(0.5)
    assert one_step_map(np.zeros(3), 0.4) == 0


def test_one_step_map_of_measured_stabilities_is_the_simulated_step():
    rng = np.random.default_rng(3)
    sites, patterns = 1000, 250
    xi = np.where(rng.random((patterns, sites)) < 0.5, -1, 1).astype(np.int8)
    couplings = rng.normal(size=(sites, sites)) * 0.3 + xi.T.astype(float) @ xi / np.sqrt(sites)
    np.fill_diagonal(couplings, 0)
    measured = xi * (xi @ couplings.T) / np.linalg.norm(couplings, axis=1)
    for m0 in (0.2, 0.6, 0.9, 1.0):
        final = np.sign(corrupt(xi, m0, rng) @ couplings.T) * xi
        per_pattern = final.mean(axis=1) - [float(one_step_map(d, m0)) for d in measured]
        error = per_pattern.std(ddof=1) / np.sqrt(patterns)
        # the number of flips is fixed, which lowers the noise by a relative Delta^2/N
        assert abs(per_pattern.mean()) < 4 * error + 2 / sites


def test_basin_boundary_of_the_pseudo_inverse():
    for alpha in (0.45, 0.6, 0.8):
        kappa = np.sqrt((1 - alpha) / alpha)
        root = brentq(lambda m, k=kappa: erf(m * k / np.sqrt(2 * (1 - m * m))) - m, 0.1, 0.99)
        found = basin_boundary(pseudo_inverse(alpha))
        assert found == pytest.approx(root, abs=1e-9)
    # the map leaves the origin with slope kappa sqrt(2/pi)
    critical = 1 / (1 + np.pi / 2)
    assert basin_boundary(pseudo_inverse(critical - 0.01)) == 0
    assert 0 < basin_boundary(pseudo_inverse(critical + 0.01)) < 0.4


@pytest.mark.parametrize(("alpha", "b"), [(0.5, 3.0), (0.6, 1.0), (0.8, 10.0), (1.2, 20.0)])
def test_basin_boundary_divides_the_iterated_map(alpha, b):
    learned = pseudo_likelihood(alpha, b)
    boundary = basin_boundary(learned)

    def ends_at(m):
        for _ in range(1000):
            m = float(one_step_map(learned, m))
        return m

    assert ends_at(boundary + 1e-3 * (1 - boundary)) > 0.95
    assert ends_at(boundary - 1e-3 * (1 - boundary)) < boundary - 0.01


def test_basin_boundary_where_there_is_no_retrieval_or_no_boundary():
    # Hebb: m = erf(m / sqrt(2 alpha)) is above 0.95 at alpha = 0.1 (0.9984) and below at 0.4
    assert basin_boundary(hebb(0.1)) == 0
    assert np.isnan(basin_boundary(hebb(0.4)))
    assert basin_boundary(hebb(0.4), retrieved=0.5) == 0
    assert np.isnan(basin_boundary(maximum_stability(2.0)))


def test_best_b_is_a_maximum_that_moves_from_hebb_to_maximum_stability():
    found = [best_b(0.6, m0) for m0 in (0.1, 0.3, 0.6, 0.9)]
    assert np.all(np.diff([b for b, _ in found]) > 0)
    for (b, m1), m0 in zip(found[1:], (0.3, 0.6, 0.9), strict=True):
        around = pseudo_likelihood(0.6, 0.9 * b), pseudo_likelihood(0.6, 1.1 * b)
        assert all(one_step_map(other, m0) < m1 for other in around)
        assert one_step_map(maximum_stability(0.6), m0) < m1


@pytest.mark.parametrize("alpha", [0.5, 0.6, 0.8])
def test_widest_basin_beats_other_norms_and_rules(alpha):
    b, boundary = widest_basin(alpha)
    assert boundary == pytest.approx(basin_boundary(pseudo_likelihood(alpha, b)))
    others = [pseudo_likelihood(alpha, x) for x in (0.3, 1.0, 3.0, 30.0)]
    others += [maximum_stability(alpha), pseudo_inverse(alpha)]
    compared = np.array([basin_boundary(other) for other in others])
    assert boundary <= np.nanmin(compared) + 1e-6
    assert boundary < compared[-2] - 0.01


@pytest.mark.parametrize("edge", [0.3, 150.0, 170.0, 500.0])
def test_the_largest_norm_whose_basin_is_everything(monkeypatch, edge):
    monkeypatch.setattr(basins, "pseudo_likelihood", lambda alpha, b: b)
    monkeypatch.setattr(basins, "basin_boundary", lambda b, retrieved: 0.0 if b < edge else 0.4)
    b, boundary = widest_basin(0.02)
    assert b == pytest.approx(min(edge, 200.0), rel=1e-4)
    assert boundary == 0


def test_widest_basin_of_small_and_of_large_loads():
    b, boundary = widest_basin(0.45)
    assert boundary == 0
    assert basin_boundary(pseudo_likelihood(0.45, 1.01 * b)) > 0
    assert np.isnan(widest_basin(2.0)).all()


@settings(max_examples=20, deadline=None)
@given(alpha=st.floats(0.02, 2.0), b=st.floats(0.1, 100.0))
def test_one_step_map_rises_from_zero(alpha, b):
    m0 = np.linspace(0, 0.999, 40)
    m1 = one_step_map(pseudo_likelihood(alpha, b), m0)
    assert m1[0] == pytest.approx(0, abs=1e-12)
    assert np.all(np.diff(m1) > -1e-9)
    assert m1[-1] <= 1 + 1e-12
