"""Mean-field inference against enumerated systems, and its shrinkage against naive sums."""

import itertools

import numpy as np
import pytest

from plmemory.errors import InputError
from plmemory.learning.mean_field.learn import inferred, learn, shrinkage
from plmemory.machine.backend import select

DOUBLE = select("cpu", "float64")


def states_of(sites):
    return np.array(list(itertools.product([-1, 1], repeat=sites)), dtype=np.int8)


def law(couplings):
    """Boltzmann weights of all states at T = 1."""
    states = states_of(len(couplings))
    weights = np.exp(np.einsum("si,ij,sj->s", states, couplings, states) / 2)
    return states, weights / weights.sum()


def correlations_of(couplings):
    states, weights = law(couplings)
    return np.einsum("s,si,sj->ij", weights, states, states)


def tree():
    couplings = np.zeros((6, 6))
    for (i, j), J in {(0, 1): 0.9, (1, 2): -0.6, (1, 3): 1.2, (3, 4): 0.4, (3, 5): -0.7}.items():
        couplings[i, j] = couplings[j, i] = J
    return couplings


def test_bethe_is_exact_on_a_tree_and_naive_mean_field_is_not():
    true = tree()
    correlations = correlations_of(true)
    np.testing.assert_allclose(inferred(correlations, "bethe"), true, atol=1e-12)
    naive = inferred(correlations, "naive")
    # On a tree the inverse has the elements -sinh(2 J) / 2.
    np.testing.assert_allclose(naive, np.sinh(2 * true) / 2, atol=1e-12)
    assert (np.diagonal(naive) == 0).all()


@pytest.mark.parametrize("approximation", ["naive", "bethe"])
def test_the_error_is_of_third_order_in_the_couplings(approximation):
    rng = np.random.default_rng(4)
    unit = np.triu(rng.normal(size=(6, 6)), 1)
    unit += unit.T
    errors = []
    for scale in (0.02, 0.01):
        wrong = inferred(correlations_of(scale * unit), approximation) - scale * unit
        errors.append(np.linalg.norm(wrong))
    assert errors[0] / errors[1] == pytest.approx({"naive": 8, "bethe": 16}[approximation], rel=0.1)
    assert errors[0] < 0.01 * np.linalg.norm(0.02 * unit)


def test_shrinkage_is_the_variance_of_the_correlations_over_their_square():
    rng = np.random.default_rng(5)
    spins = np.sign(rng.normal(size=(30, 7)) + 1.5 * rng.normal(size=(30, 1)))
    variances = squares = 0.0
    for i, j in itertools.permutations(range(7), 2):
        products = spins[:, i] * spins[:, j]
        variances += products.var(ddof=1) / len(products)
        squares += products.mean() ** 2
    weight = shrinkage(spins.T @ spins / 30, 30)
    assert weight == pytest.approx(variances / squares)
    assert 0 < weight < 1
    # Nothing but noise is shrunk to nothing.
    assert shrinkage(np.eye(7), 30) == 1.0
    assert shrinkage(np.eye(7) + 1e-9, 30) == 1.0


def test_samples_teach_the_couplings_of_each_replicate():
    true = np.stack([tree(), -0.8 * tree()])
    rng = np.random.default_rng(6)
    patterns = []
    for couplings in true:
        states, weights = law(couplings)
        patterns.append(states[rng.choice(len(states), 40_000, p=weights)])
    learned = learn(np.array(patterns), DOUBLE, approximation="bethe")
    assert learned.converged.all()
    # An element of the inverse is off by a few 1/sqrt(P) = 0.005.
    np.testing.assert_allclose(learned.couplings, true, atol=0.06)
    assert (learned.diagnostics["shrinkage"] < 1e-3).all()
    single = learn(np.array(patterns), select("cpu"), approximation="bethe")
    assert single.couplings.dtype == np.float32


def test_few_samples_are_shrunk_and_still_have_couplings():
    patterns = np.random.default_rng(7).choice(np.array([-1, 1], np.int8), (1, 4, 9))
    learned = learn(patterns, DOUBLE, approximation="naive")
    weight = learned.diagnostics["shrinkage"][0]
    correlations = patterns[0].T.astype(float) @ patterns[0] / 4
    shrunk = correlations + weight * (np.eye(9) - correlations)
    found = learned.couplings[0] - np.diag(np.diagonal(np.linalg.inv(shrunk)))
    np.testing.assert_allclose(-found @ shrunk, np.eye(9), atol=1e-10)


def test_patterns_that_are_all_the_same_are_refused():
    same = np.ones((1, 3, 4), dtype=np.int8)
    same[0, 1] = -1
    with pytest.raises(InputError, match="mean field: found patterns all the same"):
        learn(same, DOUBLE, approximation="naive")
