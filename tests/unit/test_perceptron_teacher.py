"""Learning from a teacher: against rows of networks, other minimisers, plain descent and theory."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import minimize

from plmemory.datasets.teacher.load import generate
from plmemory.errors import InputError, TrainingError
from plmemory.learning.maximum_stability import learn as network_stability
from plmemory.learning.perceptron_descent import chebyshev
from plmemory.learning.perceptron_descent import learn as descent
from plmemory.learning.perceptron_hebb import learn as hebb
from plmemory.learning.perceptron_optimum import learn as optimum
from plmemory.learning.perceptron_stability import learn as stability
from plmemory.learning.pseudo_likelihood_optimum import learn as network_optimum
from plmemory.machine.backend import select
from plmemory.theory import teacher
from plmemory.theory.fixed_norm import students

DOUBLE, SINGLE = select("cpu", "float64"), select("cpu", "float32")


def drawn(patterns, sites, replicates=2, seed=0):
    data = generate(patterns, sites, [np.random.default_rng([seed, r]) for r in range(replicates)])
    return data["train"].values, data["targets"].values, data["teacher"].values


def cosine(a, b):
    return (a * b).sum(-1) / np.linalg.norm(a, axis=-1) / np.linalg.norm(b, axis=-1)


def along(inputs, targets, backend=DOUBLE, smallest=0.05, largest=4.0, norms=7):
    settings = {"smallest_norm": smallest, "largest_norm": largest, "norms": norms}
    return optimum.learn(
        inputs, backend, targets=targets, tolerance=1e-8, max_iterations=500, **settings
    )


def test_labels_are_the_teachers_and_draws_differ():
    inputs, targets, weights = drawn(50, 9, replicates=3)
    assert inputs.dtype == targets.dtype == np.int8
    for x, y, w in zip(inputs, targets, weights, strict=True):
        assert all(label * sum(w * spins) > 0 for spins, label in zip(x, y, strict=True))
    assert abs(cosine(weights[0], weights[1])) < 0.99
    assert not np.array_equal(inputs[0], inputs[1])


@pytest.mark.parametrize(("patterns", "sites"), [(12, 30), (60, 20)])
def test_the_optima_are_those_of_another_minimiser(patterns, sites):
    inputs, targets, _ = drawn(patterns, sites)
    found = along(inputs, targets)
    assert found.converged.all()
    assert found.weights.shape == (7, 2, sites)
    np.testing.assert_allclose(found.norm[:, 0], np.geomspace(0.05, 4 * patterns / sites, 7))
    for step in (0, 3, 6):
        norm = found.norm[step, 1]

        def loss(v, norm=norm):
            w = norm * v / np.linalg.norm(v)
            return np.logaddexp(0, -2 * targets[1] * (inputs[1] @ w)).sum() / norm

        start = inputs[1].T @ targets[1] / sites
        other = minimize(loss, start, method="BFGS", options={"gtol": 1e-9, "maxiter": 4000}).x
        assert cosine(found.weights[step, 1], other) == pytest.approx(1, abs=1e-7)


def test_a_perceptron_is_a_row_of_a_network_whose_first_site_is_the_label():
    inputs, targets, _ = drawn(40, 25, replicates=1)
    patterns = np.concatenate([targets[:, :, None], inputs], axis=2)
    found = along(inputs, targets, smallest=0.3, largest=2.0, norms=3)
    for step, norm in enumerate(found.norm[:, 0]):
        rows = network_optimum.learn(
            patterns,
            DOUBLE,
            scaled_norm=float(norm),
            inverse_temperature=0.7,
            tolerance=1e-9,
            max_iterations=500,
        )
        row = rows.couplings[0, 0, 1:]
        assert cosine(row, found.weights[step, 0]) == pytest.approx(1, abs=1e-10)
    widest = stability.learn(inputs, DOUBLE, targets=targets, gap=1e-6, max_iterations=50_000)
    rows = network_stability.learn(
        patterns, DOUBLE, symmetric=False, gap=1e-6, max_iterations=50_000
    )
    assert cosine(rows.couplings[0, 0, 1:], widest.weights[0, 0]) == pytest.approx(1, abs=1e-5)
    assert widest.converged.all()
    aligned = targets[0] * (inputs[0] @ widest.weights[0, 0]) / np.sqrt(25)
    assert aligned.min() == pytest.approx(widest.diagnostics["smallest_stability"][0], rel=1e-9)


def test_hebbs_rule_is_the_sum_and_the_start_of_both_paths():
    inputs, targets, _ = drawn(30, 20)
    found = hebb.learn(inputs, DOUBLE, targets=targets)
    total = sum(targets[1, m] * inputs[1, m].astype(float) for m in range(30))
    assert cosine(found.weights[0, 1], total) == pytest.approx(1, abs=1e-12)
    assert (found.norm == 0).all()
    near = along(inputs, targets, smallest=1e-4)
    assert cosine(near.weights[0], found.weights[0]) == pytest.approx(1, abs=1e-6)


def test_the_descent_is_that_of_small_constant_steps():
    inputs, targets, _ = drawn(45, 30)
    settings = {"smallest_norm": 0.05, "largest_norm": 1.2, "norms": 6}
    found = descent.learn(inputs, DOUBLE, targets=targets, growth=0.01, max_steps=900, **settings)
    assert found.converged.all()
    signed = inputs[0] * targets[0][:, None].astype(float)
    w, left = np.zeros(30), list(range(6))
    while left:
        fields = signed @ w / np.sqrt(30)
        w = w + 0.02 * np.sqrt(30) / 45 * (1 - np.tanh(fields)) @ signed
        if np.linalg.norm(w) / np.sqrt(30) >= found.norm[left[0], 0]:
            assert cosine(found.weights[left[0], 0], w) == pytest.approx(1, abs=2e-4)
            left.pop(0)


def test_the_descent_follows_the_gradient_flow_to_large_norms():
    """Against a stiff integrator; a step of default length is many times 1 over the curvature."""
    inputs, targets, _ = drawn(300, 15)
    settings = {"smallest_norm": 0.1, "largest_norm": 0.5, "norms": 5}
    found = descent.learn(inputs, DOUBLE, targets=targets, growth=0.05, max_steps=200, **settings)
    assert found.converged.all()
    signed = inputs[1] * targets[1][:, None] / np.sqrt(15)

    def flow(time, w):
        return (1 - np.tanh(signed @ w)) @ signed

    tight = {"method": "LSODA", "rtol": 1e-9, "atol": 1e-12}
    for norm, weights in zip(found.norm[:, 1], found.weights[:, 1], strict=True):

        def reached(time, w, norm=norm):
            return np.linalg.norm(w) / np.sqrt(15) - norm

        reached.terminal = True
        way = solve_ivp(flow, (0, 1e9), np.zeros(15), events=reached, **tight)
        assert cosine(way.y[:, -1], weights) == pytest.approx(1, abs=3e-7)


@pytest.mark.parametrize("number", [2, 3, 7, 40])
def test_a_step_of_many_stages_is_of_second_order_and_stable(number):
    """For a slope of -z times the point it multiplies by a polynomial close to exp(-z)."""

    def factor(z):
        return chebyshev.step(lambda x: -z * x, np.ones_like(z), -z, 1.0, number)

    small = np.array([1e-3, 2e-3])
    short, long = np.abs(factor(small) - np.exp(-small))
    assert long / short == pytest.approx(8, rel=0.01)
    assert long < small[1] ** 3 / 6
    anywhere = np.linspace(0, chebyshev.longest(number), 10_001)[1:]
    assert (np.abs(factor(anywhere)) < 1).all()
    assert chebyshev.stages(chebyshev.longest(number)) == number


def test_the_way_of_a_descent_has_no_jumps_where_one_step_ends_and_the_next_begins():
    """A few dozen long steps, looked at at many norms: straight between them, and continuous."""
    inputs, targets, _ = drawn(45, 30)
    settings = {"smallest_norm": 0.3, "largest_norm": 0.8, "norms": 400, "growth": 0.1}
    found = descent.learn(inputs, DOUBLE, targets=targets, max_steps=5000, **settings)
    assert found.diagnostics["steps"].max() < 50
    turned = [np.arccos(cosine(*pair)) for pair in pairwise(found.weights[:, 0])]
    assert max(turned) < 2 * np.median(turned)


def test_a_descent_that_does_not_arrive_is_not_converged():
    inputs, targets, _ = drawn(45, 30)
    settings = {"smallest_norm": 0.01, "largest_norm": 4.0, "norms": 6}
    found = descent.learn(inputs, DOUBLE, targets=targets, growth=0.05, max_steps=40, **settings)
    assert not found.converged.any()
    assert np.isfinite(found.weights[0]).all()
    assert np.isnan(found.weights[-1]).all()


def test_a_descent_that_does_not_reach_the_first_norm_has_no_perceptrons():
    inputs, targets, _ = drawn(45, 30)
    settings = {"smallest_norm": 1.0, "largest_norm": 4.0, "norms": 6}
    found = descent.learn(inputs, DOUBLE, targets=targets, growth=0.05, max_steps=1, **settings)
    assert not found.converged.any()
    assert np.isnan(found.weights).all()


def test_a_norm_beyond_what_the_loss_can_tell_is_refused():
    inputs, targets, _ = drawn(20, 30)
    settings = {"smallest_norm": 1.0, "largest_norm": 1e6, "norms": 6}
    message = "^largest_norm: found one at which the loss is below what double precision resolves"
    with pytest.raises(TrainingError, match=message):
        descent.learn(inputs, SINGLE, targets=targets, growth=0.1, max_steps=10**6, **settings)


@pytest.mark.parametrize("alpha", [2, 5])
def test_optima_and_both_ends_are_within_three_standard_errors_of_theory(alpha):
    """Errors over 24 teachers; N = 100, where corrections of order 1/N are about 1 %."""
    inputs, targets, weights = drawn(100 * alpha, 100, replicates=24, seed=alpha)
    settings = {"smallest_norm": 0.02, "largest_norm": 4.0, "norms": 6}
    found = optimum.learn(
        inputs, SINGLE, targets=targets, tolerance=1e-4, max_iterations=500, **settings
    )
    exact = [s.error for s in students(alpha, list(found.norm[:, 0]))]
    ends = stability.learn(inputs, SINGLE, targets=targets, gap=3e-3, max_iterations=20_000)
    start = hebb.learn(inputs, SINGLE, targets=targets)
    measured = np.concatenate([found.weights, ends.weights, start.weights])
    widest = teacher.error(teacher.maximum_stability(alpha).overlap)
    errors = np.arccos(cosine(measured, weights)) / np.pi
    sem = errors.std(axis=1, ddof=1) / np.sqrt(24)
    expected = np.array([*exact, widest, teacher.hebb(alpha)])
    assert (np.abs(errors.mean(axis=1) - expected) < 3 * sem).all()
    assert (sem < 0.05 * expected).all()


@pytest.mark.parametrize("smallest", [0.0, -1.0, 5.0])
def test_norms_are_positive_and_ascend(smallest):
    inputs, targets, _ = drawn(10, 10)
    with pytest.raises(InputError, match=r"smallest_norm: found .*, expected more than 0"):
        along(inputs, targets, smallest=smallest)
    settings = {"smallest_norm": smallest, "largest_norm": 4.0, "norms": 3}
    with pytest.raises(InputError, match=r"smallest_norm: found .*, expected more than 0"):
        descent.learn(inputs, DOUBLE, targets=targets, growth=0.05, max_steps=9, **settings)


def test_targets_are_signs_one_for_every_input():
    inputs, targets, _ = drawn(10, 10)
    for bad in (targets * 0, targets[:, :-1]):
        with pytest.raises(InputError, match=r"targets: found .*, expected 10 of \+1 or -1"):
            along(inputs, bad)
