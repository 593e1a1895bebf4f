"""Probability flow and training with noise against general optimisers, differences, theory."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from scipy.special import erf

from plmemory.errors import InputError
from plmemory.learning.hebb import learn as hebb
from plmemory.learning.maximum_stability import learn as maximum_stability
from plmemory.learning.noise_training import learn as noise_training
from plmemory.learning.noise_training import theory as noise_theory
from plmemory.learning.probability_flow import learn as probability_flow
from plmemory.learning.probability_flow import theory as flow_theory
from plmemory.learning.unit_rows.exponential import LogExponential, growing_norms
from plmemory.machine import backend as backends
from plmemory.machine.backend import Backend

DOUBLE = backends.select("cpu", "float64")
SINGLE = backends.select("cpu", "float32")
# The same code through torch, as on a GPU: any device name but "cpu" selects torch's arrays.
TORCH = Backend(torch, "cpu:0", "float64")


def random_patterns(replicates, count, sites, seed=1):
    rng = np.random.default_rng(seed)
    return rng.choice(np.array([-1, 1], dtype=np.int8), size=(replicates, count, sites))


def stabilities(couplings, patterns):
    """xi_i h_i / |J_i| (P, N), from the definition."""
    couplings = couplings.astype(np.float64)
    return patterns * (patterns @ couplings.T) / np.linalg.norm(couplings, axis=1)


def flow(patterns, norm, backend=DOUBLE, tolerance=1e-8):
    return probability_flow.learn(
        patterns, backend, scaled_norm=norm, tolerance=tolerance, max_iterations=2000
    )


def noise(patterns, overlap, backend=DOUBLE, tolerance=1e-8):
    return noise_training.learn(
        patterns, backend, training_overlap=overlap, tolerance=tolerance, max_iterations=2000
    )


def signed_patterns(patterns, site):
    return np.delete(patterns * patterns[:, site, None], site, axis=1).astype(float)


@pytest.mark.parametrize("backend", [DOUBLE, TORCH], ids=["numpy", "torch"])
@pytest.mark.parametrize(("count", "norm"), [(30, 0.7), (30, 12.0), (70, 1.5)])
def test_flow_is_as_small_as_a_general_optimiser_makes_it(count, norm, backend):
    patterns = random_patterns(2, count, 50)
    learned = flow(patterns, norm, backend)
    assert learned.converged.all()
    for replicate, site in ((0, 4), (1, 33)):
        signed = signed_patterns(patterns[replicate], site)

        def cost(row, signed=signed):
            unit = row / np.linalg.norm(row)
            weights = np.exp(-norm * signed @ unit)
            slope = -(weights / weights.sum()) @ signed
            along = (slope - (slope @ unit) * unit) / np.linalg.norm(row)
            return np.log(weights.sum()) / norm, along

        best = minimize(cost, signed.sum(axis=0), jac=True, tol=1e-14, options={"maxiter": 5000})
        reached = np.delete(learned.couplings[replicate, site], site)
        assert np.linalg.norm(reached) == pytest.approx(1)
        assert cost(reached)[0] == pytest.approx(best.fun, abs=1e-9)
        np.testing.assert_allclose(reached, best.x / np.linalg.norm(best.x), atol=1e-5)


def test_rows_trained_with_noise_are_local_maxima_of_the_retrieval_in_one_step():
    overlap = 0.7
    gain = overlap / np.sqrt(1 - overlap**2)
    patterns = random_patterns(2, 24, 60)
    learned = noise(patterns, overlap)
    assert learned.converged.all()
    for replicate, site in ((0, 0), (1, 41)):
        signed = signed_patterns(patterns[replicate], site)

        def missed(row, signed=signed):
            return -erf(gain * signed @ row / np.linalg.norm(row) / np.sqrt(2)).sum()

        reached = np.delete(learned.couplings[replicate, site], site)
        best = minimize(missed, reached, tol=1e-12)
        assert missed(reached) == pytest.approx(best.fun, abs=1e-9)
        rng = np.random.default_rng(5)
        around = reached + 0.05 * rng.standard_normal((20, len(reached)))
        assert min(map(missed, around)) > missed(reached)


@pytest.mark.parametrize("count", [30, 70])
def test_training_with_noise_retrieves_more_in_one_step_than_hebb_and_maximum_stability(count):
    patterns = random_patterns(1, count, 120)
    others = [
        hebb.learn(patterns, DOUBLE),
        maximum_stability.learn(patterns, DOUBLE, symmetric=False, gap=1e-4, max_iterations=9000),
    ]
    for overlap in (0.3, 0.7, 0.95):
        gain = overlap / np.sqrt(2 * (1 - overlap**2))

        def retrieved(couplings, gain=gain):
            return erf(gain * stabilities(couplings[0], patterns[0])).mean(axis=0)

        best = retrieved(noise(patterns, overlap).couplings)
        for other in others:
            assert (best - retrieved(other.couplings)).min() > -1e-9


@pytest.mark.parametrize(
    ("loss", "value"),
    [
        (LogExponential(3.0), lambda x: np.log(np.exp(-3.0 * x).sum(-1)) / 3.0),
        (noise_training.Missed(1.4), lambda x: -erf(1.4 * x / np.sqrt(2)).sum(-1)),
    ],
    ids=["exponential", "missed"],
)
def test_slopes_and_curvature_are_derivatives_up_to_a_factor_of_the_row(loss, value):
    at = np.random.default_rng(3).normal(0.8, 0.7, size=(4, 6))
    step = 1e-4
    slopes, curvature = np.empty_like(at), np.zeros(len(at))
    for pattern in range(at.shape[1]):
        ahead, behind = at.copy(), at.copy()
        ahead[:, pattern] += step
        behind[:, pattern] -= step
        slopes[:, pattern] = (value(ahead) - value(behind)) / (2 * step)
        curvature += (value(ahead) - 2 * value(at) + value(behind)) / step**2
    found = loss.slopes(at, np)
    factor = found[:, :1] / slopes[:, :1]
    assert (factor > 0).all()
    np.testing.assert_allclose(found, factor * slopes, rtol=1e-5)
    np.testing.assert_allclose(
        loss.curvature(at, found, np), factor[:, 0] * curvature, rtol=1e-4, atol=1e-6
    )


def test_small_norms_and_overlaps_give_hebbs_rule():
    patterns = random_patterns(1, 20, 60)
    rows = hebb.learn(patterns, DOUBLE).couplings
    rows = rows / np.linalg.norm(rows, axis=2)[..., None]
    for near, nearer in (
        (flow(patterns, 1e-2), flow(patterns, 1e-3)),
        (noise(patterns, 0.1), noise(patterns, 0.1 / np.sqrt(10))),  # in its square
    ):
        gaps = [np.abs(learned.couplings - rows).max() for learned in (near, nearer)]
        assert gaps[0] < 0.02
        assert gaps[1] == pytest.approx(gaps[0] / 10, rel=0.1)


def test_a_large_norm_gives_maximum_stability():
    patterns = random_patterns(1, 30, 80)
    hard = maximum_stability.learn(
        patterns, DOUBLE, symmetric=False, gap=1e-6, max_iterations=20_000
    )
    smallest = stabilities(hard.couplings[0], patterns[0]).min(axis=0)
    for norm in (50.0, 500.0):
        learned = flow(patterns, norm, tolerance=1e-6)
        assert learned.converged.all()
        short = smallest - stabilities(learned.couplings[0], patterns[0]).min(axis=0)
        # sum exp(-b Delta) is between its largest term and P times that.
        assert short.min() > -1e-5
        assert short.max() < np.log(30) / norm


def test_norms_grow_in_factors_of_two_up_to_the_last():
    assert [loss.b for loss in growing_norms(20.0)] == [2.5, 5, 10, 20]
    assert [loss.b for loss in growing_norms(0.3)] == [0.3]


@pytest.mark.parametrize("rule", [lambda *given: flow(*given), lambda *given: noise(*given)])
def test_single_precision_reaches_the_tolerance(rule):
    patterns = random_patterns(2, 60, 100)
    strength = 0.8
    single = rule(patterns, strength, SINGLE, 1e-5)
    double = rule(patterns, strength, DOUBLE, 1e-8)
    assert single.converged.all()
    assert single.couplings.dtype == np.float32
    np.testing.assert_allclose(single.couplings, double.couplings, atol=2e-4)


def test_large_overlaps_do_not_underflow():
    patterns = random_patterns(1, 20, 100)
    learned = noise(patterns, 0.999, SINGLE, 1e-3)  # gain 22: exp(-(22 * 2)^2 / 2) is no float32
    assert learned.converged.all()
    assert learned.diagnostics["iterations"][0] > 0
    hard = maximum_stability.learn(patterns, DOUBLE, symmetric=False, gap=1e-4, max_iterations=9000)
    short = stabilities(hard.couplings[0], patterns[0]).min(axis=0) - stabilities(
        learned.couplings[0], patterns[0]
    ).min(axis=0)
    assert short.max() < 0.05  # the limit of overlap one


def test_too_few_iterations_are_recorded_as_not_converged():
    patterns = random_patterns(1, 60, 100)
    for learned in (
        probability_flow.learn(patterns, DOUBLE, scaled_norm=9.0, tolerance=1e-8, max_iterations=2),
        noise_training.learn(
            patterns, DOUBLE, training_overlap=0.9, tolerance=1e-8, max_iterations=2
        ),
    ):
        assert not learned.converged.any()
        assert learned.diagnostics["relative_gradient"][0] > 1e-8


def test_patterns_that_cannot_be_separated_pull_a_long_row_inwards():
    patterns = random_patterns(1, 120, 30)
    assert flow(patterns, 0.1).diagnostics["multiplier"][0] > 0
    assert flow(patterns, 8.0, tolerance=1e-4).diagnostics["multiplier"][0] < 0
    assert flow_theory.stability_distribution({"alpha": 4.0, "scaled_norm": 8.0}) is None


def test_settings_out_of_range_are_input_errors():
    patterns = random_patterns(1, 5, 10)
    with pytest.raises(InputError, match="scaled_norm: found 0, expected a positive number"):
        flow(patterns, 0)
    with pytest.raises(InputError, match=r"training_overlap: found 1, expected one in \(0, 1\)"):
        noise(patterns, 1)


@pytest.mark.parametrize(
    ("rule", "theory", "name", "alpha", "strength"),
    [
        (flow, flow_theory, "scaled_norm", 0.4, 0.8),
        (flow, flow_theory, "scaled_norm", 0.4, 4.0),
        (flow, flow_theory, "scaled_norm", 1.0, 2.0),
        (noise, noise_theory, "training_overlap", 0.4, 0.5),
        (noise, noise_theory, "training_overlap", 0.4, 0.8),
        (noise, noise_theory, "training_overlap", 0.2, 0.7),
    ],
)
def test_stabilities_are_those_of_theory(rule, theory, name, alpha, strength):
    sites = 500
    patterns = random_patterns(1, round(alpha * sites), sites)
    delta = stabilities(rule(patterns, strength, SINGLE, 1e-4).couplings[0], patterns[0])
    exact = theory.stability_distribution({"alpha": alpha, name: strength})
    # Widths of rows approach the limit as 1 - 10 / N, means faster; the rows share patterns.
    assert delta.mean() == pytest.approx(exact.mean, rel=0.005)
    assert delta.std(axis=0).mean() == pytest.approx(exact.std, rel=0.03)
    for quantile in (0.05, 0.5, 0.95):
        below = (delta < float(exact.quantile(quantile))).mean()
        assert below == pytest.approx(quantile, abs=0.03)


def test_theory_of_training_with_noise_is_unknown_where_patterns_are_given_up():
    assert noise_theory.stability_distribution({"alpha": 0.4, "training_overlap": 0.65}) is None
    assert noise_theory.stability_distribution({"alpha": 1.0, "training_overlap": 0.8}) is None
