"""Theory of stabilities: other quadratures, closed forms, published values, direct optimisation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize
from scipy.special import expit, ndtr
from scipy.stats import kstest

from plmemory.errors import InputError
from plmemory.theory.fixed_norm import free_optimum, pseudo_likelihood, pseudo_likelihood_l2
from plmemory.theory.hopfield import hopfield_overlap
from plmemory.theory.stabilities import (
    CAPACITY,
    gardner_stability,
    hebb,
    maximum_stability,
    pseudo_inverse,
)

ALPHAS = (0.02, 0.1, 0.5, 1.0, 2.0)
BS = (0.1, 1.0, 10.0, 100.0)
loads = st.floats(0.02, 2.0)
norms = st.floats(0.1, 100.0)


def phi(z):
    return np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


def moments_over_z(alpha, b):
    """Mean and std by the other road: Gaussian grid in z, Delta*(z) by bisection, chi by brentq."""
    z = np.arange(-9, 9, min(0.02, 0.4 / b))
    weight = phi(z) * (z[1] - z[0])

    def learned(chi):
        low, high = z, z + np.minimum(2 * chi, 30)
        for _ in range(70):
            middle = (low + high) / 2
            below = middle - z - 2 * chi * expit(-2 * b * middle) < 0
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (low + high) / 2

    log_chi = brentq(
        lambda x: np.log(alpha * (learned(np.exp(x)) - z) ** 2 @ weight), -5, 60, xtol=1e-10
    )
    delta = learned(np.exp(log_chi))
    mean = delta @ weight
    return mean, np.sqrt((delta - mean) ** 2 @ weight), log_chi


@pytest.mark.parametrize(
    ("alpha", "b", "mean", "std"),
    [(0.2, 1, 2.094, 0.224), (0.5, 2, 1.194, 0.286), (0.8, 3, 0.861, 0.365)],
)
def test_pseudo_likelihood_has_the_checked_moments(alpha, b, mean, std):
    learned = pseudo_likelihood(alpha, b)
    assert learned.mean == pytest.approx(mean, abs=6e-4)
    assert learned.std == pytest.approx(std, abs=6e-4)


@pytest.mark.parametrize(
    ("alpha", "b"), [(0.02, 0.3), (0.1, 3), (0.5, 0.1), (0.5, 25), (1, 1), (2, 0.5), (2, 100)]
)
def test_pseudo_likelihood_agrees_with_a_quadrature_over_z(alpha, b):
    mean, std, log_chi = moments_over_z(alpha, b)
    learned = pseudo_likelihood(alpha, b)
    assert learned.log_chi == pytest.approx(log_chi, abs=1e-7)
    assert learned.mean == pytest.approx(mean, abs=1e-8)
    assert learned.std == pytest.approx(std, abs=1e-8)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("b", BS)
def test_learned_stability_solves_both_of_its_equations(alpha, b):
    learned = pseudo_likelihood(alpha, b)
    z = np.linspace(-6, 6, 41)
    delta = learned.stability(z)
    # Delta - z = chi (1 - tanh b Delta), in logarithms because chi may exceed any float
    expected = learned.log_chi + np.log(2) - np.logaddexp(0, 2 * b * delta)
    resolved = delta - z > 1e-6
    assert resolved.any()
    np.testing.assert_allclose(np.log((delta - z)[resolved]), expected[resolved], atol=1e-6)
    assert alpha * learned.expect(lambda x: (x - learned.gaussian(x)) ** 2) == pytest.approx(1)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("b", BS)
def test_density_integrates_to_one_and_to_the_distribution_function(alpha, b):
    learned = pseudo_likelihood(alpha, b)
    assert learned.weights.sum() == pytest.approx(1, abs=1e-9)
    low, high = learned.quantile(1e-5), learned.quantile(1 - 1e-5)
    grid = np.linspace(low, high, 200_001)
    between = np.trapezoid(learned.density(grid), grid)
    assert between == pytest.approx(1 - 2e-5, abs=1e-6)
    assert np.trapezoid(grid * learned.density(grid), grid) == pytest.approx(learned.mean, abs=1e-3)
    middle = grid[100_000]
    inside = np.trapezoid(learned.density(grid[:100_001]), grid[:100_001])
    assert learned.cdf(middle) == pytest.approx(1e-5 + inside, abs=1e-6)


def test_density_far_from_the_support_is_zero():
    grid = np.array([-50.0, -1.0, 0.0, 1.0, 50.0])  # the support begins near 1.9
    learned = pseudo_likelihood(0.2, 100.0)
    np.testing.assert_array_equal(learned.density(grid), 0)
    np.testing.assert_array_equal(learned.cdf(grid), [0, 0, 0, 0, 1])


@pytest.mark.parametrize("alpha", [0.1, 0.5, 1.0, 1.8])
def test_large_b_tends_to_maximum_stability_as_one_over_b(alpha):
    limit = maximum_stability(alpha)
    near, nearer = pseudo_likelihood(alpha, 200), pseudo_likelihood(alpha, 2000)
    for moment in ("mean", "std"):
        gap = abs(getattr(near, moment) - getattr(limit, moment))
        assert gap < 4 / 200
        assert abs(getattr(nearer, moment) - getattr(limit, moment)) < gap / 5 + 1e-7
    assert nearer.quantile(1e-3) == pytest.approx(limit.atom, abs=4e-3)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_small_b_tends_to_hebb_in_proportion_to_b(alpha):
    limit = hebb(alpha)
    gaps = [1 - pseudo_likelihood(alpha, b).std for b in (1e-3, 1e-4)]
    assert gaps[0] < 5e-3 / np.sqrt(alpha)
    assert gaps[1] == pytest.approx(gaps[0] / 10, rel=0.05)
    closest = pseudo_likelihood(alpha, 1e-4)
    grid = limit.mean + np.linspace(-3, 3, 13)
    np.testing.assert_allclose(closest.density(grid), limit.density(grid), atol=2e-3)


def test_gardner_stability_has_its_known_values():
    assert gardner_stability(2.0) == 0
    assert CAPACITY == 2
    # few patterns are nearly orthogonal: the same stability as the pseudo-inverse
    few = pseudo_inverse(0.02).mean
    assert gardner_stability(0.02) == pytest.approx(few, abs=1e-9)
    z = np.linspace(-12, 0, 400_001)  # E[(kappa - z)^2; z < kappa], with z shifted by kappa
    for alpha in (0.3, 1.0, 1.7):
        kappa = gardner_stability(alpha)
        moment = np.trapezoid(phi(z + kappa) * z**2, z)
        assert alpha * moment == pytest.approx(1, abs=1e-9)
    assert gardner_stability(1.0) == pytest.approx(0.4707, abs=5e-5)


@pytest.mark.parametrize("alpha", [0.2, 0.5, 1.0, 2.0])
def test_maximum_stability_moments_are_those_of_a_cut_gaussian(alpha):
    learned = maximum_stability(alpha)
    kappa = learned.atom
    mean = kappa * ndtr(kappa) + phi(kappa)
    square = kappa**2 * ndtr(kappa) + 1 - ndtr(kappa) + kappa * phi(kappa)
    assert learned.mean == pytest.approx(mean, abs=1e-12)
    assert learned.std == pytest.approx(np.sqrt(square - mean**2), abs=1e-12)
    assert learned.weights.sum() == pytest.approx(1, abs=1e-12)
    assert learned.atom_mass == pytest.approx(1 - np.sum(learned.weights[:-1]), abs=1e-12)
    assert learned.density(np.array(kappa - 0.1)) == 0
    assert learned.cdf(kappa - 1e-9) == 0
    assert learned.cdf(kappa) == pytest.approx(ndtr(kappa))


def test_pseudo_inverse_and_hebb_stabilities_in_a_large_network():
    sites, patterns = 1000, 200
    alpha = patterns / sites
    xi = np.where(np.random.default_rng(1).random((patterns, sites)) < 0.5, -1.0, 1.0)

    def stabilities(couplings):
        np.fill_diagonal(couplings, 0)
        return xi * (xi @ couplings.T) / np.linalg.norm(couplings, axis=1)

    projector = xi.T @ np.linalg.solve(xi @ xi.T, xi)
    inverse = pseudo_inverse(alpha)
    assert stabilities(projector).mean() == pytest.approx(inverse.mean, rel=0.01)
    assert inverse.std == 0
    assert inverse.cdf(inverse.mean - 1e-9) == 0
    measured, exact = stabilities(xi.T @ xi / sites), hebb(alpha)
    # relative fluctuations of a row's norm are of the order 1/sqrt(P)
    assert measured.mean() == pytest.approx(exact.mean, rel=0.01)
    assert measured.std() == pytest.approx(exact.std, rel=0.02)
    assert kstest(measured[::5, ::40].ravel(), exact.cdf).pvalue > 1e-3


def rows_at_optimum(alpha, sites, rows, objective, seed):
    """Stabilities and norms of independent rows that minimise ``objective`` (scipy's L-BFGS)."""
    rng = np.random.default_rng(seed)
    patterns = round(alpha * sites)
    stabilities, norms = [], []
    for _ in range(rows):
        x = np.where(rng.random((patterns, sites)) < 0.5, -1.0, 1.0)
        start = x.mean(axis=0)
        options = {"maxiter": 2000, "ftol": 1e-13, "gtol": 1e-7}
        row = minimize(objective, start, (x,), "L-BFGS-B", jac=True, options=options).x
        norms.append(np.linalg.norm(row))
        stabilities.append(x @ row / norms[-1])
    return np.array(stabilities), np.array(norms)


def assert_within_error(samples, expected):
    """Mean over independent rows within four standard errors and the finite size (about 1/N)."""
    error = samples.std(ddof=1) / np.sqrt(samples.size)
    assert abs(samples.mean() - expected) < 4 * error + 0.005 * abs(expected)


def test_direct_optimisation_at_fixed_norm_finds_the_distribution():
    alpha, b = 0.5, 2.0

    def objective(row, x):
        norm = np.linalg.norm(row)
        unit = row / norm
        delta = x @ unit
        value = np.mean(np.logaddexp(0, -2 * b * delta)) / b
        slope = -(1 - np.tanh(b * delta)) @ x / len(x)
        return value, (slope - (slope @ unit) * unit) / norm

    measured, _ = rows_at_optimum(alpha, 200, 10, objective, 7)
    exact = pseudo_likelihood(alpha, b)
    assert_within_error(measured.mean(axis=1), exact.mean)
    assert_within_error(measured.std(axis=1), exact.std)
    for level in (0.1, 0.5, 0.9):
        assert_within_error(np.quantile(measured, level, axis=1), exact.quantile(level))


@pytest.mark.parametrize(
    ("alpha", "exact"),
    [(0.5, pseudo_likelihood(0.5, 2.0)), (3.0, pseudo_likelihood_l2(3.0, 0.0))],
)
def test_direct_optimisation_with_l2_finds_the_norm(alpha, exact):
    def objective(row, x):
        field = x @ row
        value = np.mean(np.logaddexp(0, -2 * field)) + exact.l2 / 2 * row @ row
        return value, -(1 - np.tanh(field)) @ x / len(x) + exact.l2 * row

    measured, norms = rows_at_optimum(alpha, 200, 8, objective, 8)
    assert_within_error(norms, exact.b)
    assert_within_error(measured.mean(axis=1), exact.mean)
    assert_within_error(measured.std(axis=1), exact.std)


def test_l2_is_the_inverse_of_the_norm():
    for alpha, b in ((0.1, 0.5), (0.5, 2.0), (1.5, 10.0), (3.0, 1.0), (0.5, 1e-4), (0.5, 2e-6)):
        l2 = pseudo_likelihood(alpha, b).l2
        assert pseudo_likelihood_l2(alpha, l2).b == pytest.approx(b, rel=1e-6)


def test_beyond_the_free_optimum_is_an_error():
    assert free_optimum(2.0) == np.inf
    longest = free_optimum(3.0)
    assert pseudo_likelihood(3.0, 0.999 * longest).l2 > 0
    with pytest.raises(InputError, match=f"expected at most {longest:.6}"):
        pseudo_likelihood(3.0, 1.001 * longest)


@settings(max_examples=20, deadline=None)
@given(alpha=loads, b=norms)
def test_pseudo_likelihood_lies_between_hebb_and_maximum_stability(alpha, b):
    learned = pseudo_likelihood(alpha, b)
    limit = maximum_stability(alpha)
    assert learned.weights.sum() == pytest.approx(1, abs=1e-8)
    # Hebb has the largest mean of all unit rows, maximum stability the largest minimum
    assert limit.mean - 1e-8 <= learned.mean <= 1 / np.sqrt(alpha) + 1e-8
    assert learned.quantile(1e-9) <= limit.atom + 1e-8
    assert learned.multiplier >= 0


@settings(max_examples=20, deadline=None)
@given(alpha=loads, b=norms, more=st.floats(1.05, 2.0))
def test_stabilities_fall_with_load_and_narrow_with_norm(alpha, b, more):
    learned = pseudo_likelihood(alpha, b)
    assert pseudo_likelihood(alpha, more * b).mean < learned.mean
    if alpha * more <= 2:
        assert pseudo_likelihood(more * alpha, b).mean < learned.mean


@settings(max_examples=20, deadline=None)
@given(alpha=loads, b=norms, probability=st.floats(1e-6, 1 - 1e-6))
def test_quantile_inverts_the_distribution_function(alpha, b, probability):
    learned = pseudo_likelihood(alpha, b)
    assert learned.cdf(learned.quantile(probability)) == pytest.approx(probability, rel=1e-5)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: pseudo_likelihood(0.0, 1.0), "alpha"),
        (lambda: pseudo_likelihood(0.5, 0.0), "b"),
        (lambda: pseudo_likelihood(0.5, np.inf), "b"),
        (lambda: pseudo_likelihood_l2(1.0, 0.0), "l2"),
        (lambda: pseudo_inverse(1.0), "alpha"),
        (lambda: maximum_stability(2.1), "alpha"),
        (lambda: hebb(-0.1), "alpha"),
        (lambda: hopfield_overlap(0.0), "alpha"),
    ],
)
def test_impossible_numbers_are_named(call, name):
    with pytest.raises(InputError, match=f"^{name}: found"):
        call()
