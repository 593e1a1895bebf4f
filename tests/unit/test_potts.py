"""Potts pseudo-likelihood: autograd, exact enumeration, and Ising as q = 2."""

import itertools

import numpy as np
import pytest
import scipy.optimize
import threadpoolctl
from optional import torch
from unit.potts_problems import from_ising, pseudo_likelihood_of, random_problem

from plmemory.errors import InputError, TrainingError
from plmemory.figures.contacts.contacts import zero_sum
from plmemory.learning.potts import learn as potts
from plmemory.learning.potts_optimum import learn as potts_optimum
from plmemory.learning.potts_optimum.coordinates import Problem, rotated
from plmemory.learning.potts_optimum.lbfgs import PIECE, minimise
from plmemory.learning.potts_optimum.tied import Tied
from plmemory.machine.backend import select
from plmemory.machine.workers import Workers
from plmemory.networks.potts.kernels import columns, pack, unpack

DOUBLE = select("cpu", "float64")


def dense_objective(sequences, weights, couplings, fields, inverse_temperature):
    """sum_mu w_mu sum_i -log softmax(lambda h_i)[x_i] / lambda, one-hot, torch: (objective, h)."""
    one_hot = torch.nn.functional.one_hot(torch.tensor(sequences).long(), fields.shape[1])
    h = torch.einsum("iajb,sjb->sia", couplings, one_hot.double()) + fields
    logp = torch.log_softmax(inverse_temperature * h, dim=2)
    return -(torch.tensor(weights)[:, None, None] * logp * one_hot).sum() / inverse_temperature


@pytest.mark.parametrize(
    ("states", "dtype", "close"),
    [(5, "float64", 1e-12), (12, "float64", 1e-12), (21, "float32", 2e-5), (30, "float32", 2e-5)],
)
def test_objective_and_gradient_against_autograd(states, dtype, close):
    sequences, weights, couplings, fields = random_problem(np.random.default_rng(0), states=states)
    J = torch.tensor(couplings, requires_grad=True)
    b = torch.tensor(fields, requires_grad=True)
    expected = dense_objective(sequences, weights, J, b, 0.7)
    expected.backward()
    objectives, slopes, field_slopes = pseudo_likelihood_of(
        sequences, weights, couplings, fields, 0.7, dtype
    )
    assert objectives.sum() == pytest.approx(expected.item(), rel=close)
    reference = J.grad.numpy().copy()
    reference[np.arange(6), :, np.arange(6), :] = 0
    np.testing.assert_allclose(unpack(slopes), reference, atol=30 * close)
    np.testing.assert_allclose(field_slopes[:, :states], b.grad.numpy(), atol=30 * close)
    np.testing.assert_array_equal(field_slopes[:, states:], 0)
    np.testing.assert_array_equal(slopes[..., states:], 0)


def test_pack_and_unpack_are_inverse():
    _, _, couplings, _ = random_problem(np.random.default_rng(1))
    np.testing.assert_array_equal(unpack(pack(couplings, "float64")), couplings)


@pytest.mark.parametrize("symmetric", [False, True])
def test_gradient_descent_against_dense_autograd(symmetric):
    sequences, _, _, _ = random_problem(np.random.default_rng(2))
    learned = potts.learn(
        sequences[None],
        DOUBLE,
        [np.random.default_rng(0)],
        states=5,
        inverse_temperature=0.8,
        learning_rate=30.0,
        epochs=12,
        symmetric=symmetric,
    )
    J, b = np.zeros((6, 5, 6, 5)), np.zeros((6, 5))
    losses = []
    for _ in range(12):
        tensors = [torch.tensor(a, requires_grad=True) for a in (J, b)]
        loss = dense_objective(sequences, np.ones(40), *tensors, 0.8) / sequences.size
        loss.backward()
        slope = tensors[0].grad.numpy().copy()
        slope[np.arange(6), :, np.arange(6), :] = 0
        if symmetric:
            slope = (slope + slope.transpose(2, 3, 0, 1)) / 2
        J, b = J - 30.0 * slope, b - 30.0 * tensors[1].grad.numpy()
        losses.append(loss.item())
    np.testing.assert_allclose(learned.couplings[0], J, atol=1e-10)
    np.testing.assert_allclose(learned.fields[0], b, atol=1e-10)
    np.testing.assert_allclose(learned.history["loss"][:, 0], losses, rtol=1e-12)
    assert losses[-1] < losses[0] / 2


def test_one_core_and_several_agree():
    sequences, _, _, _ = random_problem(np.random.default_rng(3))
    settings = {
        "states": 5,
        "inverse_temperature": 1.0,
        "learning_rate": 10.0,
        "epochs": 5,
        "symmetric": True,
    }
    runs = []
    for cores in (1, 3):
        with threadpoolctl.threadpool_limits(cores):
            runs.append(potts.learn(sequences[None], select("cpu"), [None], **settings).couplings)
    np.testing.assert_array_equal(*runs)


def test_one_core_and_several_have_the_same_optimum():
    sequences, weights, _, _ = random_problem(np.random.default_rng(15), sites=7)
    settings = {"coupling_penalty": 0.3, "field_penalty": 0.05, "weights": weights[None]}
    ends = {"states": 5, "symmetric": True, "tolerance": 1e-3, "max_iterations": 50}
    runs = []
    for cores in (1, 3):
        with threadpoolctl.threadpool_limits(cores):
            runs.append(potts_optimum.optimum(sequences[None], select("cpu"), **settings, **ends))
    np.testing.assert_array_equal(*(run.couplings for run in runs))
    np.testing.assert_array_equal(*(run.fields for run in runs))


def test_bad_colours_and_divergence_are_errors():
    rules = {"inverse_temperature": 1.0, "epochs": 3, "symmetric": False}
    with pytest.raises(InputError, match="found colours 0 to 4, expected 0 to 2"):
        potts.learn(
            np.array([[[0, 4], [1, 2]]], np.int8),
            DOUBLE,
            [None],
            states=3,
            learning_rate=1.0,
            **rules,
        )
    for symmetric in (False, True):
        with pytest.raises(TrainingError, match="lower learning_rate"):
            potts.learn(
                np.array([[[0, 1], [0, 2], [1, 0]]], np.int8),
                select("cpu"),
                [None],
                states=3,
                learning_rate=1e41,
                **{**rules, "symmetric": symmetric},
            )


@pytest.mark.parametrize("symmetric", [False, True])
def test_exact_weights_recover_the_couplings(symmetric):
    """With all states at their Boltzmann weights the optimum is the true system, in its gauge."""
    rng = np.random.default_rng(4)
    sites, states = 4, 3
    truth = rng.normal(scale=0.6, size=(sites, states, sites, states))
    truth = zero_sum((truth + truth.transpose(2, 3, 0, 1)) / 2)
    truth[np.arange(sites), :, np.arange(sites), :] = 0
    fields = rng.normal(scale=0.4, size=(sites, states))
    fields -= fields.mean(axis=1, keepdims=True)
    everything = np.array(list(itertools.product(range(states), repeat=sites)), np.int8)
    chosen = np.eye(states)[everything]
    energy = -np.einsum("sia,ia->s", chosen, fields)
    energy -= np.einsum("sia,iajb,sjb->s", chosen, truth, chosen) / 2
    weights = np.exp(-energy)
    weights *= 1000 / weights.sum()
    learned = potts_optimum.optimum(
        everything[None],
        DOUBLE,
        states=states,
        coupling_penalty=1e-6,
        field_penalty=1e-6,
        symmetric=symmetric,
        tolerance=1e-9,
        max_iterations=500,
        weights=weights[None],
    )
    assert learned.converged.all()
    gauged = zero_sum(learned.couplings[0])
    np.testing.assert_allclose(gauged, truth, atol=1e-5)
    # The sums that the gauge takes out of the couplings belong to the fields.
    moved = learned.couplings[0].mean(axis=3).sum(axis=2)
    field = learned.fields[0] + moved
    np.testing.assert_allclose(field - field.mean(axis=1, keepdims=True), fields, atol=1e-5)
    if symmetric:
        couplings = learned.couplings[0]
        np.testing.assert_array_equal(couplings, couplings.transpose(2, 3, 0, 1))


@pytest.mark.parametrize("symmetric", [False, True])
def test_optimum_against_scipy_on_the_dense_objective(symmetric):
    sequences, weights, _, _ = random_problem(np.random.default_rng(5), sites=5, states=4)
    size = (5 * 4) ** 2
    free = np.ones((5, 4, 5, 4))
    free[np.arange(5), :, np.arange(5), :] = 0

    def objective(x):
        parameters = torch.tensor(x, requires_grad=True)
        J = parameters[:size].reshape(5, 4, 5, 4) * torch.tensor(free)
        if symmetric:
            J = (J + J.permute(2, 3, 0, 1)) / 2
        b = parameters[size:].reshape(5, 4)
        F = dense_objective(sequences, weights, J, b, 1.0)
        F = F + 0.3 / 2 * (J**2).sum() + 0.05 * (b**2).sum()
        F.backward()
        return F.item(), parameters.grad.numpy()

    best = scipy.optimize.minimize(
        objective,
        np.zeros(size + 20),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 2000, "maxfun": 5000, "ftol": 1e-15, "gtol": 1e-9},
    )
    settings = {
        "states": 4,
        "coupling_penalty": 0.3,
        "field_penalty": 0.05,
        "symmetric": symmetric,
        "max_iterations": 500,
        "weights": weights[None],
    }
    learned = potts_optimum.optimum(sequences[None], DOUBLE, tolerance=1e-9, **settings)
    assert learned.converged.all()
    assert learned.diagnostics["objective"][0] == pytest.approx(best.fun, rel=1e-10)
    expected = best.x[:size].reshape(5, 4, 5, 4) * free
    if symmetric:
        expected = (expected + expected.transpose(2, 3, 0, 1)) / 2
    np.testing.assert_allclose(learned.couplings[0], expected, atol=2e-5)
    single = potts_optimum.optimum(sequences[None], select("cpu"), tolerance=1e-4, **settings)
    assert single.converged.all()
    assert single.diagnostics["objective"][0] == pytest.approx(best.fun, rel=1e-6)
    short = potts_optimum.optimum(
        sequences[None], DOUBLE, tolerance=1e-9, **{**settings, "max_iterations": 2}
    )
    assert not short.converged.any()


def test_minimiser_on_a_hard_valley():
    def rosenbrock(x, gradient):
        gradient[:] = scipy.optimize.rosen_der(x)
        return scipy.optimize.rosen(x)

    found = minimise(rosenbrock, np.full(6, -1.2), tolerance=1e-9, max_iterations=500, memory=5)
    np.testing.assert_allclose(found.point, 1, atol=1e-6)
    assert found.relative_gradient <= 1e-9
    assert found.evaluations < 3 * found.iterations


def test_minimiser_gives_the_same_bytes_whoever_shares_its_vectors():
    """A quadratic of more numbers than one piece, with curvatures from 1 to 100."""
    curvatures = np.linspace(1, 100, 3 * PIECE // 2)

    def quadratic(x, gradient):
        gradient[:] = curvatures * (x - 1)
        return float(((x - 1) * gradient).sum()) / 2

    told = {"tolerance": 1e-6, "max_iterations": 200, "memory": 5}
    alone = minimise(quadratic, np.zeros_like(curvatures), **told)
    assert alone.relative_gradient <= 1e-6
    np.testing.assert_allclose(alone.point, 1, atol=1e-3)
    with Workers() as workers:
        workers.count = 2
        shared = minimise(quadratic, np.zeros_like(curvatures), **told, workers=workers)
    np.testing.assert_array_equal(shared.point, alone.point)
    assert shared[1:] == alone[1:]


def test_tied_gradient_is_that_of_differences():
    rng = np.random.default_rng(14)
    sequences, weights, *_ = random_problem(rng)
    data = columns(sequences, 5)
    problem = Problem(data, weights, 0.7, 0.3, rotated(data, weights, 0.3, "float64"))
    with Workers() as workers:
        tied = Tied(problem, workers)
        point = tied.start() + 0.3 * rng.normal(size=6 * 5 // 2 * 25 + 6 * 5)
        gradient, other = np.empty_like(point), np.empty_like(point)
        tied.evaluate(point, gradient)
        for k in (0, 60, 374, 375, 404):  # the first and last couplings and fields
            shift = np.zeros_like(point)
            shift[k] = 1e-5
            change = tied.evaluate(point + shift, other) - tied.evaluate(point - shift, other)
            assert change / 2e-5 == pytest.approx(gradient[k], rel=1e-6, abs=1e-6)


def ising_couplings(couplings):
    """J = (J(0,0) - J(0,1) - J(1,0) + J(1,1)) / 4 of Potts couplings with q = 2."""
    signs = np.array([1.0, -1.0])
    return np.einsum("iajb,a,b->ij", couplings, signs, signs) / 4


def ising_slope(patterns, J, inverse_temperature):
    """Gradient of the mean Ising loss, by its closed form."""
    residual = patterns - np.tanh(inverse_temperature * patterns @ J.T)
    slope = -residual.T @ patterns / patterns.size
    np.fill_diagonal(slope, 0)
    return slope


def test_two_colours_follow_the_ising_trajectory():
    """Patterns with their negatives favour no spin, so the Potts fields stay zero."""
    rng = np.random.default_rng(6)
    half = rng.choice([-1, 1], size=(7, 10))
    patterns = np.concatenate([half, -half])
    J = np.zeros((10, 10))
    for _ in range(50):
        J -= 5.0 * ising_slope(patterns, J, 0.8)
    learned = potts.learn(
        from_ising(patterns)[None],
        DOUBLE,
        [rng],
        states=2,
        inverse_temperature=0.8,
        learning_rate=4 * 5.0,
        epochs=50,
        symmetric=False,
    )
    np.testing.assert_allclose(ising_couplings(learned.couplings[0]), J, atol=1e-12)
    np.testing.assert_allclose(learned.fields, 0, atol=1e-12)
    h = patterns @ J.T
    loss = np.mean(-patterns * h + np.log(2 * np.cosh(0.8 * h)) / 0.8)
    expected = learned.history["loss"][-1, 0]
    assert expected > loss  # recorded before the last step
    final, *_ = pseudo_likelihood_of(
        from_ising(patterns), np.ones(14), learned.couplings[0], np.zeros((10, 2)), 0.8, "float64"
    )
    assert final.sum() / patterns.size == pytest.approx(loss, rel=1e-12)


def test_two_colours_have_the_ising_optimum():
    """|J(a, b)|^2 = 4 J^2, so a Potts penalty is a quarter of the Ising one, here 0.5 |J|^2."""
    rng = np.random.default_rng(7)
    half = rng.choice([-1, 1], size=(9, 8))
    patterns = np.concatenate([half, -half])

    def objective(x):
        J = x.reshape(8, 8) * (1 - np.eye(8))
        h = patterns @ J.T
        value = np.sum(-patterns * h + np.logaddexp(h, -h)) + 0.5 * np.sum(J**2)
        return value, (patterns.size * ising_slope(patterns, J, 1.0) + J).ravel()

    options = {"ftol": 1e-15, "gtol": 1e-10, "maxiter": 1000}
    best = scipy.optimize.minimize(
        objective, np.zeros(64), jac=True, method="L-BFGS-B", options=options
    )
    learned = potts_optimum.optimum(
        from_ising(patterns)[None],
        DOUBLE,
        states=2,
        coupling_penalty=0.25,
        field_penalty=0.1,
        symmetric=False,
        tolerance=1e-10,
        max_iterations=300,
    )
    assert learned.diagnostics["objective"][0] == pytest.approx(best.fun, rel=1e-10)
    expected = best.x.reshape(8, 8) * (1 - np.eye(8))
    np.testing.assert_allclose(ising_couplings(learned.couplings[0]), expected, atol=1e-5)


@pytest.mark.parametrize("reweighted", [False, True])
def test_the_usual_penalties_grow_with_the_number_of_couplings_of_a_site(reweighted):
    """c = 0.05, N = 6, q = 5: lambda_J = 0.05 * 5 * 4 = 1. Weights count only if asked for."""
    rng = np.random.default_rng(13)
    sequences = np.stack([random_problem(rng)[0] for _ in range(2)])
    weight = rng.random((2, 40))
    common = {"states": 5, "symmetric": False, "tolerance": 1e-6, "max_iterations": 200}
    learned = potts_optimum.learn(
        sequences, DOUBLE, [rng], penalty=0.05, reweighted=reweighted, weight=weight, **common
    )

    def expected(weights):
        penalties = {"coupling_penalty": 1.0, "field_penalty": 0.05}
        return potts_optimum.optimum(sequences, DOUBLE, **penalties, weights=weights, **common)

    same, other = (expected(w) for w in ((weight, None) if reweighted else (None, weight)))
    assert learned.converged.all()
    np.testing.assert_array_equal(learned.couplings, same.couplings)
    np.testing.assert_array_equal(learned.fields, same.fields)
    assert (learned.couplings != other.couplings).any(axis=(1, 2, 3, 4)).all()
    (axes, couplings, _), (field_axes, fields) = (
        learned.variables[name] for name in ("couplings", "fields")
    )
    assert axes == ("replicate", "site", "colour", "source", "source_colour")
    assert field_axes == ("replicate", "site", "colour")
    assert couplings.shape == (2, 6, 5, 6, 5)
    assert fields.shape == (2, 6, 5)


@pytest.mark.parametrize("penalty", [0.3, 20.0])
def test_the_start_has_the_best_fields_without_couplings(penalty):
    """Minimum of -sum_a n_a log p_a + penalty |b|^2: its gradient, written out, vanishes."""
    rng = np.random.default_rng(9)
    sequences = (rng.integers(0, 4, (50, 3)) % (2 + np.arange(3))).astype(np.int8)
    weight = rng.random(50)
    axes = rotated(columns(sequences, 4), weight, penalty, np.float64)
    for site in range(3):
        counts = [weight[sequences[:, site] == colour].sum() for colour in range(4)]
        fields = axes.fields[site, :4]
        shares = np.exp(fields) / np.exp(fields).sum()
        gradient = weight.sum() * shares - counts + 2 * penalty * fields
        np.testing.assert_allclose(gradient, 0, atol=1e-9)
