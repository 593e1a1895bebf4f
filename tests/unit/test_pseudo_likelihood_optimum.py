"""The optimum of pseudo-likelihood against other solvers, autograd and exact enumeration."""

import itertools

import numpy as np
import pytest
import threadpoolctl
from optional import torch
from sklearn.linear_model import LogisticRegression

from plmemory.errors import InputError
from plmemory.learning.logistic_rows import row_space as gram
from plmemory.learning.logistic_rows.line_root import LineRoot
from plmemory.learning.logistic_rows.minimise import minimise
from plmemory.learning.logistic_rows.symmetric_space import symmetric_space
from plmemory.learning.pseudo_likelihood_optimum.learn import learn
from plmemory.machine import backend as backends
from plmemory.machine.backend import Backend

DOUBLE = backends.select("cpu", "float64")
SINGLE = backends.select("cpu", "float32")
# The same code through torch, as on a GPU: any device name but "cpu" selects torch's arrays.
TORCH = Backend(torch, "cpu:0", "float64")


def random_patterns(count, sites, seed=1):
    rng = np.random.default_rng(seed)
    return rng.choice(np.array([-1, 1], dtype=np.int8), size=(1, count, sites))


def correlated_patterns(count, sites, seed=2):
    """Neighbouring sites agree with probability 0.9; site 3 is constant, two patterns equal."""
    rng = np.random.default_rng(seed)
    patterns = np.cumprod(np.where(rng.random((1, count, sites)) < 0.1, -1, 1), axis=2)
    patterns[..., 3] = 1
    patterns[:, 1] = patterns[:, 0]
    return patterns.astype(np.int8)


def loss(couplings, patterns, inverse_temperature, weights):
    """Each row's mean loss, in torch so that autograd gives the reference gradient."""
    spins = torch.tensor(patterns, dtype=torch.float64)
    fields = couplings @ spins.T
    log_cosh = torch.logaddexp(inverse_temperature * fields, -inverse_temperature * fields)
    return (log_cosh / inverse_temperature - spins.T * fields) @ torch.tensor(weights)


def gradient(couplings, patterns, inverse_temperature, weights=None):
    """Autograd's gradient (N, N) of the sum of all rows' losses, and the losses (N,)."""
    weights = np.ones(len(patterns)) if weights is None else weights
    matrix = torch.tensor(couplings, dtype=torch.float64, requires_grad=True)
    losses = loss(matrix, patterns, inverse_temperature, weights / weights.sum())
    losses.sum().backward()
    by_coupling = matrix.grad.numpy()
    np.fill_diagonal(by_coupling, 0)
    return by_coupling, losses.detach().numpy()


@pytest.mark.parametrize("count", [7, 40])
@pytest.mark.parametrize("unit", [1e-5, 1.0, 1e6])
def test_directions_without_patterns_are_dropped_in_any_unit(count, unit):
    """Three patterns, repeated: fewer than the sites, and more."""
    rng = np.random.default_rng(4)
    patterns = unit * np.resize(rng.choice([-1.0, 1.0], (3, 20)), (count, 20))
    weights = rng.dirichlet(np.ones(count))
    values, vectors = gram.decompose(patterns, weights)
    assert values.shape == (3,)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(3), atol=1e-9)
    correlations = (patterns.T * weights) @ patterns
    np.testing.assert_allclose(vectors * values @ vectors.T, correlations, atol=1e-9 * unit**2)


@pytest.mark.parametrize("count", [15, 60])
@pytest.mark.parametrize("data", [random_patterns, correlated_patterns])
def test_gradient_and_fields_in_coordinates_equal_autograd(count, data):
    patterns = data(count, 30)[0]
    weights = np.random.default_rng(3).random(count)
    weights /= weights.sum()
    space = gram.row_space(patterns, weights, DOUBLE)
    # Coordinates that a descent can reach: images of gradients.
    some = space.gradient(np.random.default_rng(4).standard_normal((30, count)))
    couplings = space.couplings(some)
    np.testing.assert_allclose(np.linalg.norm(couplings, axis=1), np.linalg.norm(some, axis=1))
    aligned = patterns.T * (couplings @ patterns.T)
    np.testing.assert_allclose(space.fields(some), aligned, atol=1e-9)
    by_coordinate = space.gradient(-2 / (1 + np.exp(2 * aligned)) * weights)
    by_coupling, _ = gradient(couplings, patterns, 1.0, weights)
    np.testing.assert_allclose(
        np.linalg.norm(by_coordinate, axis=1), np.linalg.norm(by_coupling, axis=1), atol=1e-10
    )
    np.testing.assert_allclose(space.couplings(by_coordinate), by_coupling, atol=1e-9)


def test_symmetric_gradient_equals_autograd():
    patterns = random_patterns(12, 10)[0]
    weights = np.full(12, 1 / 12)
    space = symmetric_space(patterns, weights, DOUBLE)
    matrix = np.random.default_rng(5).standard_normal((10, 10))
    matrix = matrix + matrix.T
    np.fill_diagonal(matrix, 0)
    aligned = space.fields(matrix.reshape(1, -1))
    found = space.gradient(-2 / (1 + np.exp(2 * aligned)) * space.weights).reshape(10, 10)
    by_coupling, _ = gradient(matrix, patterns, 1.0)
    np.testing.assert_allclose(found, (by_coupling + by_coupling.T) / 2, atol=1e-12)


@pytest.mark.parametrize(("count", "l2"), [(30, 1e-2), (30, 1e-4), (200, 1e-3)])
def test_l2_optimum_is_that_of_logistic_regression(count, l2):
    inverse_temperature, sites = 0.7, 50
    patterns = random_patterns(count, sites)
    learned = learn(
        patterns, DOUBLE, l2=l2, inverse_temperature=inverse_temperature,
        tolerance=1e-8, max_iterations=500,
    )  # fmt: skip
    assert learned.converged.all()
    for site in (0, 7):
        others = np.delete(patterns[0], site, axis=1)
        # Their weights are 2 lambda J and their sum over patterns has no 1/P and no 1/lambda.
        reference = LogisticRegression(
            C=4 * inverse_temperature / (l2 * count), fit_intercept=False, tol=1e-10, max_iter=5000
        ).fit(others, patterns[0, :, site])
        np.testing.assert_allclose(
            np.delete(learned.couplings[0, site], site),
            reference.coef_[0] / (2 * inverse_temperature),
            atol=2e-5 * np.abs(reference.coef_).max(),
        )


@pytest.mark.parametrize("backend", [DOUBLE, SINGLE], ids=["float64", "float32"])
@pytest.mark.parametrize("count", [40, 250])
@pytest.mark.parametrize("data", [random_patterns, correlated_patterns])
def test_l2_gradient_vanishes(backend, count, data):
    patterns = data(count, 100)
    l2 = 1e-3
    learned = learn(
        patterns, backend, l2=l2, inverse_temperature=1.0, tolerance=1e-5, max_iterations=500
    )
    assert learned.converged.all()
    couplings = learned.couplings[0].astype(np.float64)
    by_coupling, losses = gradient(couplings, patterns[0], 1.0)
    at_zero, _ = gradient(np.zeros((100, 100)), patterns[0], 1.0)
    left = np.linalg.norm(by_coupling + l2 * couplings, axis=1)
    assert (left < 2e-5 * np.linalg.norm(at_zero, axis=1)).all()
    np.testing.assert_allclose(learned.diagnostics["loss"], losses.mean(), rtol=1e-4)


@pytest.mark.parametrize("backend", [DOUBLE, SINGLE], ids=["float64", "float32"])
@pytest.mark.parametrize(("count", "scaled_norm"), [(20, 1.0), (50, 10.0), (250, 3.0), (40, 60.0)])
def test_fixed_norm_is_stationary_on_the_sphere(backend, count, scaled_norm):
    patterns = random_patterns(count, 100)
    learned = learn(
        patterns, backend, scaled_norm=scaled_norm, inverse_temperature=1.0,
        tolerance=1e-5, max_iterations=2000,
    )  # fmt: skip
    assert learned.converged.all()
    couplings = learned.couplings[0].astype(np.float64)
    norms = np.linalg.norm(couplings, axis=1)
    np.testing.assert_allclose(norms, scaled_norm, rtol=1e-6)
    # Minus the gradient is parallel to the row where the patterns pull it outwards. Residuals
    # are taken relative to the worst pattern's, so that they do not underflow.
    margins = 2 * patterns[0].T * (couplings @ patterns[0].T)
    floor = np.maximum(margins.min(axis=1, keepdims=True), 0)
    residuals = 1 / (np.exp(margins - floor) + np.exp(-floor))
    pull = (residuals * patterns[0].T) @ patterns[0]
    np.fill_diagonal(pull, 0)
    cosine = (pull * couplings).sum(axis=1) / norms / np.linalg.norm(pull, axis=1)
    # Rounded to float32, margins of 2 b Delta carry an error of their size times 1e-7.
    slack = 1e-8 if backend is DOUBLE else 1e-6
    outward = learned.diagnostics["equivalent_l2"] > 0
    assert outward == (count < 250)
    np.testing.assert_allclose(np.abs(cosine), 1, atol=slack if outward else 1e-3)


def test_fixed_norm_beats_other_directions():
    patterns = random_patterns(40, 60)
    learned = learn(
        patterns, DOUBLE, scaled_norm=2.0, inverse_temperature=1.0,
        tolerance=1e-6, max_iterations=500,
    )  # fmt: skip
    best = gradient(learned.couplings[0], patterns[0], 1.0)[1]
    rng = np.random.default_rng(6)
    for size in (1e-3, 1e-1, 1.0):
        other = learned.couplings[0] + size * rng.standard_normal((60, 60))
        np.fill_diagonal(other, 0)
        other *= 2 / np.linalg.norm(other, axis=1, keepdims=True)
        assert (gradient(other, patterns[0], 1.0)[1] > best).all()


def test_scaled_norm_and_temperature_only_set_the_scale():
    patterns = random_patterns(30, 40)
    settings = {"scaled_norm": 2.0, "tolerance": 1e-6, "max_iterations": 500}
    warm = learn(patterns, DOUBLE, inverse_temperature=1.0, **settings)
    cold = learn(patterns, DOUBLE, inverse_temperature=4.0, **settings)
    np.testing.assert_allclose(cold.couplings, warm.couplings / 4, rtol=1e-12)


def test_fixed_norm_at_its_equivalent_penalty_is_the_penalised_optimum():
    patterns = random_patterns(40, 60)
    sphere = learn(
        patterns, DOUBLE, scaled_norm=1.5, inverse_temperature=0.5,
        tolerance=1e-8, max_iterations=500,
    )  # fmt: skip
    worst = sphere.diagnostics["equivalent_l2"][0]
    by_coupling, _ = gradient(sphere.couplings[0], patterns[0], 0.5)
    pulls = -(by_coupling * sphere.couplings[0]).sum(axis=1) / 3.0**2
    np.testing.assert_allclose(worst, pulls.min(), rtol=1e-6)


def test_random_patterns_have_the_stabilities_of_theory():
    # Replica theory at alpha = 0.5, b = 2: mean 1.194, standard deviation 0.286 (science.md);
    # measured spread between samples of N = 300: 0.3 % of the mean.
    patterns = random_patterns(150, 300)
    learned = learn(
        patterns, SINGLE, scaled_norm=2.0, inverse_temperature=1.0,
        tolerance=1e-5, max_iterations=500,
    )  # fmt: skip
    stability = patterns[0].T * (learned.couplings[0] @ patterns[0].T) / 2
    np.testing.assert_allclose(stability.mean(), 1.194, rtol=0.015)
    np.testing.assert_allclose(stability.std(), 0.286, rtol=0.05)


@pytest.mark.parametrize("symmetric", [False, True])
def test_infinite_data_recover_the_couplings(symmetric):
    sites, temperature = 6, 1.3
    rng = np.random.default_rng(7)
    truth = np.triu(rng.standard_normal((sites, sites)), 1)
    truth = truth + truth.T
    states = np.array(list(itertools.product([-1, 1], repeat=sites)), dtype=np.int8)
    energies = -0.5 * np.einsum("si,ij,sj->s", states, truth, states)
    learned = learn(
        states[None], DOUBLE, l2=0.0, inverse_temperature=1.0, symmetric=symmetric,
        tolerance=1e-10, max_iterations=500, weights=np.exp(-energies / temperature)[None],
    )  # fmt: skip
    assert learned.converged.all()
    np.testing.assert_allclose(learned.couplings[0], truth / temperature, atol=1e-8)


def test_weights_count_repetitions():
    patterns = random_patterns(12, 20)
    repeats = np.arange(12) % 3
    settings = {"l2": 0.01, "inverse_temperature": 1.0, "tolerance": 1e-8, "max_iterations": 500}
    weighted = learn(patterns, DOUBLE, weights=repeats[None], **settings)
    repeated = learn(np.repeat(patterns, repeats, axis=1), DOUBLE, **settings)
    np.testing.assert_allclose(weighted.couplings, repeated.couplings, atol=1e-7)


@pytest.mark.parametrize("backend", [DOUBLE, SINGLE], ids=["float64", "float32"])
def test_symmetric_optimum_is_stationary(backend):
    patterns = correlated_patterns(60, 40)
    learned = learn(
        patterns, backend, l2=0.01, inverse_temperature=1.0, symmetric=True,
        tolerance=1e-5, max_iterations=500,
    )  # fmt: skip
    assert learned.converged.all()
    couplings = learned.couplings[0].astype(np.float64)
    np.testing.assert_allclose(couplings, couplings.T, atol=1e-6)
    assert not np.diagonal(couplings).any()
    by_coupling, _ = gradient(couplings, patterns[0], 1.0)
    at_zero, _ = gradient(np.zeros((40, 40)), patterns[0], 1.0)
    left = (by_coupling + by_coupling.T) / 2 + 0.01 * couplings
    assert np.linalg.norm(left) < 2e-5 * np.linalg.norm(at_zero)


@pytest.mark.parametrize(
    "settings", [{"l2": 1e-3}, {"scaled_norm": 10.0}, {"l2": 0.1, "symmetric": True}]
)
def test_torch_equals_numpy(settings):
    patterns = random_patterns(20, 40)
    shared = {"inverse_temperature": 1.0, "tolerance": 1e-9, "max_iterations": 500}
    by_numpy = learn(patterns, DOUBLE, **shared, **settings)
    by_torch = learn(patterns, TORCH, **shared, **settings)
    scale = np.abs(by_numpy.couplings).max()
    np.testing.assert_allclose(by_torch.couplings, by_numpy.couplings, atol=1e-7 * scale)


def test_too_few_iterations_are_reported():
    learned = learn(
        random_patterns(40, 60), DOUBLE, l2=1e-4, inverse_temperature=1.0,
        tolerance=1e-6, max_iterations=3,
    )  # fmt: skip
    assert not learned.converged.any()
    assert learned.diagnostics["relative_gradient"] > 1e-6
    assert learned.diagnostics["iterations"] == 3


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "exactly one"),
        ({"l2": 0.1, "scaled_norm": 1.0}, "exactly one"),
        ({"l2": -0.1}, "l2: found -0.1"),
        ({"scaled_norm": 0.0}, "scaled_norm: found 0.0"),
        ({"scaled_norm": 1.0, "symmetric": True}, "expected l2"),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(InputError, match=message):
        learn(
            random_patterns(3, 5), DOUBLE, inverse_temperature=1.0, tolerance=1e-5,
            max_iterations=10, **settings,
        )  # fmt: skip


def test_line_root_finds_roots_of_hard_slopes():
    scale = np.array([1.0, 1e-3, 1e3, 1.0])
    first = np.array([1e-4, 1e-5, 1.0, 1e5])

    def slope(step, rows):
        with np.errstate(over="ignore"):
            return np.expm1(np.minimum(step / scale[rows], 1e3)) - 1

    root = LineRoot(slope(np.zeros(4), np.arange(4)), first)
    while len(root.rows):
        root.update(slope(root.step[root.rows], root.rows))
    left = np.abs(slope(root.step, np.arange(4)))
    assert (left[[0, 1, 2]] <= 0.1).all()
    assert root.step[3] < 1e5


@pytest.mark.parametrize("backend", [DOUBLE, SINGLE], ids=["float64", "float32"])
@pytest.mark.parametrize(("count", "scaled_norm"), [(20, 100.0), (300, 100.0)])
def test_few_iterations_suffice_deep_in_the_zero_temperature_limit(backend, count, scaled_norm):
    learned = learn(
        random_patterns(count, 100), backend, scaled_norm=scaled_norm, inverse_temperature=1.0,
        tolerance=1e-5, max_iterations=600,
    )  # fmt: skip
    assert learned.converged.all()


@pytest.mark.parametrize("backend", [DOUBLE, SINGLE], ids=["float64", "float32"])
def test_a_bad_start_on_a_large_sphere_overflows_nowhere(backend):
    patterns = random_patterns(20, 100)[0]
    space = gram.row_space(patterns, np.full(20, 1 / 20), backend)
    start = -space.gradient(backend.asarray(np.ones((100, 20))))  # against Hebb's direction
    start += 0.1 * backend.asarray(np.random.default_rng(8).standard_normal(start.shape))
    start *= 200 / np.linalg.norm(start, axis=1, keepdims=True)
    found = minimise(space, start, radius=200.0, l2=0.0, tolerance=1e-2, max_iterations=300)
    assert np.isfinite(found.coordinates).all()
    assert (found.relative_gradient < 1e-2).all()


def test_bytes_do_not_depend_on_the_number_of_cores():
    patterns = random_patterns(40, 150)
    results = []
    for threads in (1, 2):
        with threadpoolctl.threadpool_limits(threads):
            results.append(
                learn(
                    patterns, SINGLE, scaled_norm=2.0, inverse_temperature=1.0,
                    tolerance=1e-4, max_iterations=100,
                ).couplings
            )  # fmt: skip
    np.testing.assert_array_equal(*results)
