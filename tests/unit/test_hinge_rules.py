"""Squared hinge and soft margin against support vector machines, conditions of optima, theory."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from sklearn.svm import LinearSVC

from plmemory.errors import InputError
from plmemory.learning.hebb import learn as hebb
from plmemory.learning.maximum_stability import learn as maximum_stability
from plmemory.learning.soft_margin import learn as soft_margin
from plmemory.learning.soft_margin import theory as soft_theory
from plmemory.learning.squared_hinge import learn as squared_hinge
from plmemory.learning.squared_hinge import theory as squared_theory
from plmemory.machine import backend as backends
from plmemory.machine.backend import Backend
from plmemory.theory.stabilities import gardner_stability

DOUBLE = backends.select("cpu", "float64")
SINGLE = backends.select("cpu", "float32")
# The same code through torch, as on a GPU: any device name but "cpu" selects torch's arrays.
TORCH = Backend(torch, "cpu:0", "float64")
RULES = {"hinge": soft_margin.learn, "squared_hinge": squared_hinge.learn}
BOTH = pytest.mark.parametrize("loss", list(RULES))


def random_patterns(replicates, count, sites, seed=1):
    rng = np.random.default_rng(seed)
    return rng.choice(np.array([-1, 1], dtype=np.int8), size=(replicates, count, sites))


def stabilities(couplings, patterns):
    """xi_i h_i / |J_i| (P, N), from the definition."""
    couplings = couplings.astype(np.float64)
    return patterns * (patterns @ couplings.T) / np.linalg.norm(couplings, axis=1)


def learn(loss, patterns, margin, backend=DOUBLE, gap=1e-9):
    return RULES[loss](patterns, backend, margin=margin, gap=gap, max_iterations=5000)


@BOTH
@pytest.mark.parametrize(("count", "sites"), [(40, 60), (90, 60)])
@pytest.mark.parametrize("backend", [DOUBLE, TORCH], ids=["numpy", "torch"])
def test_rows_are_support_vector_machines_of_the_same_norm(loss, count, sites, backend):
    patterns = random_patterns(2, count, sites)
    for site in (0, 17):
        others, own = np.delete(patterns[1], site, axis=1), patterns[1, :, site]
        machine = LinearSVC(
            C=0.02, loss=loss, fit_intercept=False, tol=1e-10, max_iter=10**6, random_state=0
        )
        row = machine.fit(others, own).coef_[0]
        norm = np.linalg.norm(row)
        # At this norm sum (1 - w x)_+ is a multiple of sum (1 / norm - Delta)_+.
        learned = learn(loss, patterns, 1 / norm, backend)
        assert learned.converged.all()
        np.testing.assert_allclose(
            np.delete(learned.couplings[1, site], site), row / norm, atol=2e-4
        )


@BOTH
def test_no_direction_is_better_for_a_general_optimiser(loss):
    patterns = random_patterns(1, 14, 11, seed=4)
    margin, power = 1.7, {"hinge": 1, "squared_hinge": 2}[loss]
    learned = learn(loss, patterns, margin)
    site = 3
    signed = np.delete(patterns[0] * patterns[0, :, site, None], site, axis=1).astype(float)

    def cost(row):
        missing = np.maximum(margin - signed @ row / np.linalg.norm(row), 0)
        return (missing**power).sum() / power

    reached = np.delete(learned.couplings[0, site], site)
    assert np.linalg.norm(reached) == pytest.approx(1)
    start = signed.sum(axis=0)
    options = {"maxiter": 40_000, "maxfev": 40_000, "xatol": 1e-9, "fatol": 1e-12}
    best = minimize(cost, start, method="Powell", options={"maxiter": 10_000, "ftol": 1e-14})
    best = minimize(cost, best.x, method="Nelder-Mead", options={**options, "adaptive": True})
    assert cost(reached) <= best.fun * (1 + 1e-8)
    if loss == "squared_hinge":  # smooth, so that the optimiser arrives
        assert cost(reached) == pytest.approx(best.fun, rel=1e-4)


@BOTH
def test_rows_satisfy_the_conditions_of_their_optimum(loss):
    # J_i is along sum_mu a_mu x_mu with a = 1 [the missing margin] below it, 0 above it.
    patterns = random_patterns(1, 60, 100)
    margin = 1.6
    learned = learn(loss, patterns, margin)
    delta = stabilities(learned.couplings[0], patterns[0])
    for site in (2, 50):
        signed = (patterns[0] * patterns[0, :, site, None]).astype(float)
        signed[:, site] = 0
        missing = margin - delta[:, site]
        if loss == "squared_hinge":
            pull = np.maximum(missing, 0) @ signed
            np.testing.assert_allclose(
                learned.couplings[0, site], pull / np.linalg.norm(pull), atol=1e-5
            )
            continue
        corner = np.abs(missing) < 1e-4
        assert 0 < corner.sum() < 60
        below = (missing > 1e-4) @ signed
        # The pulls of the patterns at the corner and the length of the row are free.
        free = np.vstack([signed[corner], -learned.couplings[0, site]]).T
        found = np.linalg.lstsq(free, -below, rcond=None)[0]
        np.testing.assert_allclose(free @ found, -below, atol=1e-2)
        assert found[:-1].min() > -1e-3
        assert found[:-1].max() < 1 + 1e-3
        assert found[-1] > 0


@BOTH
def test_a_margin_that_all_patterns_can_have_gives_maximum_stability(loss):
    patterns = random_patterns(2, 30, 80)
    learned = learn(loss, patterns, 0.9, gap=1e-6)
    hard = maximum_stability.learn(
        patterns, DOUBLE, symmetric=False, gap=1e-6, max_iterations=20_000
    )
    assert learned.converged.all()
    np.testing.assert_array_equal(learned.diagnostics["separable_rows"], 80)
    np.testing.assert_array_equal(learned.diagnostics["loss"], 0)
    np.testing.assert_allclose(learned.couplings, hard.couplings, atol=2e-3)


@BOTH
def test_rows_pass_continuously_from_maximum_stability_to_a_larger_margin(loss):
    patterns = random_patterns(1, 30, 80)
    hard = maximum_stability.learn(
        patterns, DOUBLE, symmetric=False, gap=1e-8, max_iterations=50_000
    )
    largest = stabilities(hard.couplings[0], patterns[0]).min(axis=0)
    middle = float(np.median(largest))
    learned = learn(loss, patterns, middle, gap=1e-6)
    assert learned.converged.all()
    assert learned.diagnostics["separable_rows"][0] == pytest.approx(
        (largest >= middle).sum(), abs=1
    )
    just_above = np.flatnonzero((largest < middle) & (largest > middle - 0.01))
    assert just_above.size
    cosine = (learned.couplings[0] * hard.couplings[0]).sum(axis=1)
    assert cosine[just_above].min() > 0.99
    np.testing.assert_allclose(cosine[largest >= middle], 1, atol=1e-5)


def test_a_margin_beyond_all_stabilities_gives_hebbs_rule():
    patterns = random_patterns(1, 25, 60)
    rows = hebb.learn(patterns, DOUBLE).couplings[0]
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    margin = float(stabilities(rows, patterns[0]).max()) + 0.1
    np.testing.assert_allclose(learn("hinge", patterns, margin).couplings[0], rows, atol=1e-12)
    far = learn("squared_hinge", patterns, 1000 * margin).couplings[0]
    np.testing.assert_allclose(far, rows, atol=2e-3)


@BOTH
def test_single_precision_returns_the_same_rows(loss):
    patterns = random_patterns(1, 50, 70)
    double = learn(loss, patterns, 1.5, gap=1e-6)
    single = learn(loss, patterns, 1.5, backend=SINGLE, gap=1e-6)
    assert single.couplings.dtype == np.float32
    assert single.converged.all()
    np.testing.assert_allclose(single.couplings, double.couplings, atol=1e-6)


@BOTH
def test_a_minimum_inside_the_ball_is_not_converged(loss):
    patterns = random_patterns(1, 90, 30)
    few = RULES[loss](patterns, DOUBLE, margin=0.05, gap=1e-6, max_iterations=200)
    assert not few.converged.any()
    assert few.diagnostics["relative_gap"][0] > 1e-6


@BOTH
def test_a_margin_that_is_not_positive_is_an_input_error(loss):
    with pytest.raises(InputError, match="margin: found 0, expected a positive number"):
        learn(loss, random_patterns(1, 5, 10), 0)


@pytest.mark.parametrize(("alpha", "margin"), [(0.4, 1.5), (0.4, 2.0), (1.0, 1.2)])
@BOTH
def test_stabilities_are_those_of_theory(loss, alpha, margin):
    sites = 500
    patterns = random_patterns(1, round(alpha * sites), sites)
    delta = stabilities(learn(loss, patterns, margin, gap=1e-6).couplings[0], patterns[0])
    module = {"hinge": soft_theory, "squared_hinge": squared_theory}[loss]
    exact = module.stability_distribution({"alpha": alpha, "margin": margin})
    # Widths of rows approach the limit as 1 - 10 / N, means faster; the rows share patterns.
    assert delta.mean() == pytest.approx(exact.mean, rel=0.005)
    assert delta.std(axis=0).mean() == pytest.approx(exact.std, rel=0.03)
    for at in (0.6 * margin, 0.97 * margin, 1.03 * margin):
        assert (delta < at).mean() == pytest.approx(float(exact.cdf(at)), abs=0.03)


def test_theory_below_the_largest_stability_is_that_of_maximum_stability():
    alpha = 0.5
    attributes = {"alpha": alpha, "margin": 0.9 * gardner_stability(alpha)}
    for module in (soft_theory, squared_theory):
        exact = module.stability_distribution(attributes)
        assert exact.atom == pytest.approx(gardner_stability(alpha))
