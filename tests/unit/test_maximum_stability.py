"""Maximum stability against support vector machines, optimality conditions and theory."""

import numpy as np
import pytest
import threadpoolctl
from optional import torch
from scipy.integrate import quad
from scipy.optimize import brentq, linprog, minimize, nnls
from sklearn.svm import SVC, LinearSVC

from plmemory.learning.maximum_stability import learn as maximum_stability
from plmemory.learning.maximum_stability.active_set import polish
from plmemory.learning.maximum_stability.learn import learn
from plmemory.learning.maximum_stability.proximal_newton import ShiftedGram, approach
from plmemory.machine import backend as backends
from plmemory.machine.backend import Backend

DOUBLE = backends.select("cpu", "float64")
SINGLE = backends.select("cpu", "float32")
# The same code through torch, as on a GPU: any device name but "cpu" selects torch's arrays.
TORCH = Backend(torch, "cpu:0", "float64")
BOTH = pytest.mark.parametrize("backend", [DOUBLE, SINGLE], ids=["float64", "float32"])


def random_patterns(count, sites, seed=1):
    rng = np.random.default_rng(seed)
    return rng.choice(np.array([-1, 1], dtype=np.int8), size=(1, count, sites))


def stabilities(couplings, patterns):
    """xi_i h_i / |J_i| (P, N), from the definition."""
    couplings = couplings.astype(np.float64)
    return patterns * (patterns @ couplings.T) / np.linalg.norm(couplings, axis=1)


@pytest.mark.parametrize(("count", "sites"), [(20, 60), (70, 60)])
def test_rows_are_hard_margin_machines(count, sites):
    patterns = random_patterns(count, sites)
    learned = learn(patterns, DOUBLE, symmetric=False, gap=1e-6, max_iterations=20_000)
    assert learned.converged.all()
    reached = stabilities(learned.couplings[0], patterns[0]).min(axis=0)
    for site in range(0, sites, 7):
        others, own = np.delete(patterns[0], site, axis=1), patterns[0, :, site]
        # Without an intercept: a pattern and its negative have opposite labels.
        machine = SVC(kernel="linear", C=1e6, tol=1e-8)
        row = machine.fit(np.concatenate([others, -others]), np.concatenate([own, -own])).coef_[0]
        margin = (own * (others @ row)).min() / np.linalg.norm(row)
        np.testing.assert_allclose(reached[site], margin, rtol=1e-5)
        np.testing.assert_allclose(
            np.delete(learned.couplings[0, site], site), row / np.linalg.norm(row), atol=3e-3
        )


def test_smallest_stability_is_that_of_a_linear_machine_in_single_precision():
    patterns = random_patterns(40, 80)
    learned = learn(patterns, SINGLE, symmetric=False, gap=1e-4, max_iterations=2000)
    assert learned.converged.all()
    reached = stabilities(learned.couplings[0], patterns[0]).min(axis=0)
    for site in (0, 11):
        machine = LinearSVC(
            C=1e4, loss="hinge", fit_intercept=False, tol=1e-8, max_iter=1_000_000, random_state=0
        )
        others, own = np.delete(patterns[0], site, axis=1), patterns[0, :, site]
        row = machine.fit(others, own).coef_[0]
        margin = (own * (others @ row)).min() / np.linalg.norm(row)
        np.testing.assert_allclose(reached[site], margin, rtol=1e-3)


def distance_from_hull(patterns, site):
    """Largest margin of a site: how far the hull of its signed patterns is from the origin.

    ``min |A a|^2 + (1 - sum a)^2`` over a >= 0 has the direction of the nearest point.
    """
    signed = (patterns * patterns[:, site, None]).astype(float)
    signed[:, site] = 0
    stacked = np.vstack([signed.T, np.ones(len(signed))])
    weights, _ = nnls(stacked, np.eye(len(stacked))[-1], maxiter=100 * len(signed))
    return np.linalg.norm(signed.T @ weights) / weights.sum(), weights


def test_single_precision_reaches_the_largest_stability_close_to_the_capacity():
    patterns = random_patterns(340, 200)
    learned = learn(patterns, SINGLE, symmetric=False, gap=1e-3, max_iterations=5000)
    assert learned.converged.all()
    by_row = stabilities(learned.couplings[0], patterns[0]).min(axis=0)
    hardest = by_row.argsort()[[0, 1, -1]]
    largest = [distance_from_hull(patterns[0], site)[0] for site in hardest]
    assert largest[0] < 0.05
    np.testing.assert_allclose(by_row[hardest], largest, rtol=1e-3)


def test_polishing_finds_the_active_set():
    patterns = random_patterns(100, 70)
    spins = patterns[0].astype(float)
    for site in (0, 8, 69):
        margin, exact = distance_from_hull(patterns[0], site)
        signs = spins[:, site]
        # The right support but for its three lightest patterns, and with one that is not of it.
        guess = exact.copy()
        guess[np.where(exact > 0, exact, np.inf).argsort()[:3]] = 0
        guess[np.flatnonzero(exact == 0)[0]] = exact.max()
        found = polish(spins @ spins.T, signs, guess)
        np.testing.assert_array_equal(found > 0, exact > 0)
        np.testing.assert_allclose(found / found.sum(), exact / exact.sum(), atol=1e-9)
        np.testing.assert_allclose(found.sum() * margin**2, 1, rtol=1e-9)


def test_polishing_patterns_that_cannot_be_separated_finds_nothing():
    spins = random_patterns(130, 40)[0].astype(float)
    assert polish(spins @ spins.T, spins[:, 0], np.ones(130)) is None


def test_a_bordered_factor_solves_for_the_changed_support():
    spins = random_patterns(50, 60)[0].astype(float)
    gram, right = spins @ spins.T, np.arange(50) % 7 - 2.0
    system, support = ShiftedGram(gram), np.arange(50) < 40
    for delta, changed in ((3.0, []), (3.0, [2, 5, 44, 47]), (3.0, [5, 9]), (0.5, [9, 45])):
        support[changed] ^= True
        found = system.solve(support, delta, right)
        inside = gram[np.ix_(support, support)] + delta * np.eye(support.sum())
        np.testing.assert_allclose(found[support], np.linalg.solve(inside, right[support]))
        assert not found[~support].any()


def separable(patterns, site):
    """Whether some row, without the own site, has all aligned fields above one, by a simplex."""
    signed = np.delete(patterns * patterns[:, site, None].astype(float), site, axis=1)
    cost = np.zeros(signed.shape[1])
    answer = linprog(cost, A_ub=-signed, b_ub=-np.ones(len(signed)), bounds=(None, None))
    assert answer.status in (0, 2)
    return answer.status == 0


@pytest.mark.parametrize("count", [70, 80, 100])
def test_every_row_close_to_the_capacity_is_solved_or_certified(count):
    sites = np.arange(40)
    patterns = random_patterns(count, 40, seed=count)[0]
    spins = patterns.astype(float)
    # From a start that is far from the support.
    variables, upper, steps = approach(
        *(spins, spins @ spins.T, sites, np.ones((40, count))),
        gap=1e-6,
        negligible=1e-9,
        max_steps=1000,
    )
    assert (variables >= 0).all()
    assert (steps < 1000).all()
    expected = np.array([separable(patterns, site) for site in sites])
    np.testing.assert_array_equal(upper > 1e-9, expected)
    for site in sites[expected]:
        signed = spins * spins[:, site, None]
        signed[:, site] = 0
        row = variables[site] @ signed
        largest = distance_from_hull(patterns, site)[0]
        np.testing.assert_allclose((signed @ row).min() / np.linalg.norm(row), largest, rtol=2e-6)
        np.testing.assert_allclose(upper[site], largest, rtol=2e-6)


def test_separable_rows_are_counted_close_to_the_capacity():
    # Two replicates, each in more than one block.
    patterns = np.concatenate([random_patterns(250, 130, seed) for seed in (1, 2)])
    learned = learn(patterns, SINGLE, symmetric=False, gap=1e-3, max_iterations=2000)
    assert not learned.converged.any()
    told = learned.diagnostics
    for replicate, spins in enumerate(patterns):
        smallest = stabilities(learned.couplings[replicate], spins).min(axis=0)
        assert told["separable_rows"][replicate] == (smallest > 0).sum()
        for site in np.abs(smallest).argsort()[:3]:
            assert separable(spins, site) == (smallest[site] > 0)
        assert 0 < told["inseparable_rows"][replicate] <= (smallest <= 0).sum()


@BOTH
def test_diagnostics_certify_what_is_returned(backend):
    patterns = random_patterns(60, 100)
    learned = learn(patterns, backend, symmetric=False, gap=1e-3, max_iterations=2000)
    assert learned.converged.all()
    assert learned.couplings.dtype == backend.dtype
    assert not np.diagonal(learned.couplings[0]).any()
    np.testing.assert_allclose(np.linalg.norm(learned.couplings[0], axis=1), 1, rtol=1e-6)
    smallest = stabilities(learned.couplings[0], patterns[0]).min()
    np.testing.assert_allclose(learned.diagnostics["smallest_stability"], smallest, rtol=1e-5)
    exact = learn(patterns, DOUBLE, symmetric=False, gap=1e-7, max_iterations=20_000)
    truth = exact.diagnostics["smallest_stability"]
    assert learned.diagnostics["stability_bound"] >= truth * (1 - 1e-6)
    assert truth * (1 - 1e-3) <= smallest <= truth * (1 + 1e-6)


def test_rows_satisfy_the_optimality_conditions():
    patterns = random_patterns(40, 60)
    learned = learn(patterns, DOUBLE, symmetric=False, gap=1e-8, max_iterations=50_000)
    assert learned.converged.all()
    delta = stabilities(learned.couplings[0], patterns[0])
    for site in range(0, 60, 13):
        margin = delta[:, site].min()
        support = delta[:, site] < margin * (1 + 1e-4)
        # The row is a combination with positive weights of its support patterns alone.
        signed = patterns[0] * patterns[0, :, site, None].astype(float)
        signed[:, site] = 0
        weights, *_ = np.linalg.lstsq(signed[support].T, learned.couplings[0, site], rcond=None)
        assert (weights > 0).all()
        np.testing.assert_allclose(weights @ signed[support], learned.couplings[0, site], atol=1e-3)
        np.testing.assert_allclose(weights.sum() * margin, 1, rtol=1e-3)


@pytest.mark.parametrize("load", [0.2, 0.5])
def test_random_patterns_have_gardners_stability(load):
    def excess(kappa):
        integral = quad(lambda z: np.exp(-z * z / 2) * (kappa - z) ** 2, -12, kappa)[0]
        return load * integral / np.sqrt(2 * np.pi) - 1

    kappa = brentq(excess, 0, 10)
    patterns = random_patterns(round(load * 300), 300)
    learned = learn(patterns, SINGLE, symmetric=False, gap=1e-3, max_iterations=2000)
    by_row = stabilities(learned.couplings[0], patterns[0]).min(axis=0)
    # Rows share their patterns, and kappa of N = 300 lies 1 to 2 % off its limit.
    np.testing.assert_allclose(by_row.mean(), kappa, rtol=0.03)


@BOTH
def test_patterns_that_cannot_be_separated_are_reported(backend):
    patterns = random_patterns(130, 40)
    learned = learn(patterns, backend, symmetric=False, gap=1e-3, max_iterations=3000)
    assert not learned.converged.any()
    assert learned.diagnostics["smallest_stability"] < 0
    assert learned.diagnostics["stability_bound"] < 0.01
    assert learned.diagnostics["iterations"] < 3000
    assert np.isfinite(learned.couplings).all()


def test_too_few_iterations_are_reported():
    learned = learn(random_patterns(40, 60), DOUBLE, symmetric=False, gap=1e-6, max_iterations=3)
    assert not learned.converged.any()
    assert learned.diagnostics["relative_gap"] > 1e-6


def test_symmetric_couplings_solve_their_quadratic_program():
    sites, count = 8, 5
    patterns = random_patterns(count, sites)
    learned = learn(patterns, DOUBLE, symmetric=True, gap=1e-7, max_iterations=50_000)
    assert learned.converged.all()
    upper = np.triu_indices(sites, 1)

    def matrix(free):
        couplings = np.zeros((sites, sites))
        couplings[upper] = free
        return couplings + couplings.T

    spins = patterns[0].astype(float)
    reference = minimize(
        lambda free: free @ free,
        np.zeros(len(upper[0])),
        jac=lambda free: 2 * free,
        constraints={"type": "ineq", "fun": lambda f: (spins * (spins @ matrix(f))).ravel() - 1},
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert reference.success
    expected = matrix(reference.x)
    expected *= np.sqrt(sites) / np.linalg.norm(expected)
    np.testing.assert_allclose(learned.couplings[0], expected, atol=1e-3)
    smallest = (spins * (spins @ learned.couplings[0])).min()
    np.testing.assert_allclose(smallest, (spins * (spins @ expected)).min(), rtol=1e-6)
    np.testing.assert_allclose(learned.diagnostics["smallest_stability"], smallest, rtol=1e-9)


@BOTH
def test_symmetric_couplings_are_symmetric_and_below_the_asymmetric_bound(backend):
    patterns = random_patterns(30, 80)
    tied = learn(patterns, backend, symmetric=True, gap=1e-3, max_iterations=5000)
    free = learn(patterns, backend, symmetric=False, gap=1e-3, max_iterations=5000)
    assert tied.converged.all()
    np.testing.assert_allclose(tied.couplings[0], tied.couplings[0].T, atol=1e-6)
    assert not np.diagonal(tied.couplings[0]).any()
    # Row by row the asymmetric solution is the best there is.
    by_row = stabilities(tied.couplings[0], patterns[0]).min(axis=0)
    best = stabilities(free.couplings[0], patterns[0]).min(axis=0)
    assert (by_row <= best * (1 + 2e-3)).all()
    assert by_row.min() > 0


@pytest.mark.parametrize("symmetric", [False, True])
def test_torch_equals_numpy(symmetric):
    patterns = random_patterns(15, 40)
    settings = {"symmetric": symmetric, "gap": 1e-6, "max_iterations": 20_000}
    by_numpy = learn(patterns, DOUBLE, **settings)
    by_torch = learn(patterns, TORCH, **settings)
    np.testing.assert_allclose(by_torch.couplings, by_numpy.couplings, atol=1e-3)
    np.testing.assert_allclose(
        by_torch.diagnostics["smallest_stability"],
        by_numpy.diagnostics["smallest_stability"],
        rtol=2e-6,
    )


def test_bytes_do_not_depend_on_the_number_of_cores():
    patterns = random_patterns(30, 150)
    results = []
    for threads in (1, 2):
        with threadpoolctl.threadpool_limits(threads):
            learned = learn(patterns, SINGLE, symmetric=False, gap=1e-2, max_iterations=1000)
            results.append(learned.couplings)
    np.testing.assert_array_equal(*results)


def test_blocks_that_exhaust_the_memory_are_halved(monkeypatch):
    patterns = random_patterns(20, 50)
    settings = {"symmetric": False, "gap": 1e-3, "max_iterations": 2000}
    whole = learn(patterns, DOUBLE, **settings)
    original, tried = maximum_stability.ascend, []

    def ascend(dual, start, **kwargs):
        tried.append(len(start))
        if len(start) > 20:
            raise MemoryError
        return original(dual, start, **kwargs)

    monkeypatch.setattr(maximum_stability, "ascend", ascend)
    parts = learn(patterns, DOUBLE, **settings)
    assert tried == [50, 25, 12, 13, 25, 12, 13]
    assert parts.converged.all()
    smallest = [
        stabilities(found.couplings[0], patterns[0]).min(axis=0) for found in (parts, whole)
    ]
    np.testing.assert_allclose(*smallest, rtol=1e-3)
