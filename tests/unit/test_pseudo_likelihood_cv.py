"""Cross-validated pseudo-likelihood against another solver, fold by fold."""

import numpy as np
from scipy.optimize import minimize

from plmemory.learning.pseudo_likelihood_cv.learn import learn
from plmemory.machine.backend import select

LAMBDA, SITES = 0.7, 5
STRENGTHS = [0.5, 4.0, 30.0]
SETTINGS = {"inverse_temperature": LAMBDA, "tolerance": 1e-9, "max_iterations": 500}
DOUBLE = select("cpu", "float64")


def loss(row, i, spins):
    """Of one site, with the row's own entry zero."""
    fields = spins @ row
    return np.mean(np.log(2 * np.cosh(LAMBDA * fields)) / LAMBDA - spins[:, i] * fields)


def fitted(spins, strength):
    rows = np.zeros((SITES, SITES))
    for i in range(SITES):
        others = np.arange(SITES) != i

        def penalised(values, i=i, others=others):
            row = np.zeros(SITES)
            row[others] = values
            return loss(row, i, spins) + strength / len(spins) / 2 * values @ values

        rows[i, others] = minimize(penalised, np.zeros(SITES - 1), tol=1e-9).x
    return rows


def patterns_of(seed, count):
    """Nearly independent spins, and spins that hang together."""
    rng = np.random.default_rng(seed)
    common = np.array([0.2, 2.0])[:, None, None] * rng.normal(size=(2, count, 1))
    return np.where(rng.normal(size=(2, count, SITES)) + common > 0, 1, -1).astype(np.int8)


def rngs():
    return [np.random.default_rng(replicate) for replicate in range(2)]


def test_the_strength_that_predicts_the_left_out_patterns_best_is_taken():
    patterns = patterns_of(3, 20)
    learned = learn(patterns, DOUBLE, rngs(), strengths=STRENGTHS, folds=3, **SETTINGS)
    assert learned.converged.tolist() == [True, True]
    for r, rng in enumerate(rngs()):
        folds = np.array_split(rng.permutation(20), 3)
        unseen = []
        for strength in STRENGTHS:
            total = 0.0
            for fold in folds:
                rest = patterns[r, np.setdiff1d(np.arange(20), fold)]
                rows = fitted(rest, strength)
                left = patterns[r, fold]
                total += len(fold) * np.mean([loss(rows[i], i, left) for i in range(SITES)])
            unseen.append(total / 20)
        found = learned.diagnostics["unseen_loss"][r]
        np.testing.assert_allclose(found, unseen, rtol=1e-6)
        best = STRENGTHS[int(np.argmin(unseen))]
        assert learned.diagnostics["strength"][r] == best
        np.testing.assert_allclose(learned.couplings[r], fitted(patterns[r], best), atol=1e-5)
    assert len(set(learned.diagnostics["unseen_loss"].argmin(axis=1))) == 2


def test_fewer_patterns_than_folds_are_left_out_one_by_one():
    patterns = patterns_of(4, 3)
    found = [
        learn(patterns, DOUBLE, rngs(), strengths=STRENGTHS, folds=folds, **SETTINGS)
        for folds in (3, 7)
    ]
    np.testing.assert_array_equal(found[0].couplings, found[1].couplings)
