"""All rows at their optimum, compared with scikit-learn with one model per site.

Pseudo-likelihood with an L2 penalty is logistic regression of each spin on the others; maximum
stability is a linear support vector machine with a hard margin. If scikit-learn solves only a part
of the rows, the name of the peer says so and its time is scaled up.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.cases import Case, Cost, Outcome, Run, size
from benchmarks.descent import patterns
from plmemory.datasets.features import load as features
from plmemory.learning.maximum_stability import learn as maximum_stability
from plmemory.learning.pseudo_likelihood_optimum import learn as pseudo_likelihood_optimum
from plmemory.machine.backend import select
from plmemory.seeds import generator

L2 = 0.01
INVERSE_TEMPERATURE = 1.0
GRADIENT = 1e-5  # relative gradient at which both sides stop
GAP = 1e-3  # of the smallest stability, relative
HARD = 100.0  # scikit-learn's C: far above all multipliers, so the margin is hard


def mixtures(count: int, sites: int) -> np.ndarray:
    """Patterns (P, N) that mix three of N/20 hidden features each."""
    rng = generator(1, "benchmarks", "features", count, sites)
    return features.generate(count, 0, sites, sites // 20, 3, [rng])["train"].values[0]


def others(xi: np.ndarray, site: int) -> np.ndarray:
    """All sites but this one, (P, N - 1)."""
    return np.delete(xi, site, axis=1).astype(np.float32)


def optimum(device: str, xi: np.ndarray) -> Run:
    """Ours; the value is the couplings."""
    backend = select(device)

    def run() -> Outcome:
        learned = pseudo_likelihood_optimum.learn(
            xi[None],
            backend,
            l2=L2,
            inverse_temperature=INVERSE_TEMPERATURE,
            tolerance=GRADIENT,
            max_iterations=2000,
        )
        # An iteration takes one product for the gradient and one for the fields, per row.
        iterations = learned.diagnostics["iterations"][0]
        operations = 4.0 * xi.size * min(xi.shape) * iterations
        return Outcome(learned.couplings[0], cost=Cost(operations, "float32"))

    return run


def logistic_regression(rows: int, xi: np.ndarray, _: np.ndarray) -> Run:
    """scikit-learn's lbfgs on the first ``rows`` sites."""
    from sklearn.linear_model import LogisticRegression

    count, sites = xi.shape
    strength = 4 * INVERSE_TEMPERATURE / (L2 * count)

    def run() -> Outcome:
        couplings = np.zeros((rows, sites))
        for site in range(rows):
            inputs, target = others(xi, site), xi[:, site]
            # Its criterion: no component above tol. Relative to the start, as in ours.
            start = np.abs(target @ inputs / (2 * count)).max()
            model = LogisticRegression(
                C=strength, fit_intercept=False, tol=GRADIENT * float(start), max_iter=10000
            ).fit(inputs, target)
            couplings[site] = np.insert(model.coef_[0], site, 0) / (2 * INVERSE_TEMPERATURE)
        return Outcome(couplings, rows / sites)

    return run


def objectives(xi: np.ndarray, couplings: np.ndarray) -> np.ndarray:
    """The penalised loss of the first rows, in double precision."""
    margins = 2 * INVERSE_TEMPERATURE * (xi.astype(np.float64) @ couplings.T.astype(np.float64))
    margins *= xi[:, : len(couplings)]
    loss = np.logaddexp(0, -margins).mean(axis=0) / INVERSE_TEMPERATURE
    return loss + L2 / 2 * (couplings.astype(np.float64) ** 2).sum(axis=1)


def objective_difference(xi: np.ndarray, one: np.ndarray, other: np.ndarray) -> float:
    """Largest relative difference of the rows' objectives."""
    reference = objectives(xi, other)
    return float(np.abs(objectives(xi, one[: len(other)]) / reference - 1).max())


def stability(device: str, xi: np.ndarray) -> Run:
    """Ours; the value is the couplings."""
    backend = select(device)

    def run() -> Outcome:
        learned = maximum_stability.learn(
            xi[None], backend, symmetric=False, gap=GAP, max_iterations=20000
        )
        if not learned.converged.all():
            raise RuntimeError("maximum stability did not converge")
        # An iteration of dual ascent is one product with the Gram matrix.
        iterations = learned.diagnostics["iterations"][0]
        operations = 2.0 * xi.size * len(xi) * iterations
        return Outcome(learned.couplings[0], cost=Cost(operations, "float32"))

    return run


def support_vectors(xi: np.ndarray, _: np.ndarray) -> Run:
    """scikit-learn's LinearSVC on every site."""
    from sklearn.svm import LinearSVC

    sites = xi.shape[1]

    def run() -> Outcome:
        couplings = np.zeros((sites, sites))
        for site in range(sites):
            model = LinearSVC(
                loss="hinge", C=HARD, tol=GAP, fit_intercept=False, max_iter=1000000
            ).fit(others(xi, site), xi[:, site])
            couplings[site] = np.insert(model.coef_[0], site, 0)
        return Outcome(couplings)

    return run


def stability_difference(xi: np.ndarray, one: np.ndarray, other: np.ndarray) -> float:
    """Largest relative difference of the rows' smallest stabilities."""
    smallest = []
    for couplings in (one.astype(np.float64), other):
        aligned = xi * (xi @ couplings.T)
        smallest.append((aligned / np.linalg.norm(couplings, axis=1)).min(axis=0))
    return float(np.abs(smallest[0] / smallest[1] - 1).max())


def _optimum(
    count: int, sites: int, rows: int, rounds: int, *, mixed: bool = False, device: str
) -> Case:
    part = "" if rows == sites else f", {rows} of {sites} rows"
    return Case(
        name=f"optimum, {'features' if mixed else 'random'}",
        size=size(N=sites, P=count),
        peer=f"scikit-learn logistic regression{part}",
        data=partial(mixtures if mixed else patterns, count, sites),
        ours=partial(optimum, device),
        theirs=partial(logistic_regression, rows),
        difference=objective_difference,
        tolerance=1e-5,
        needs="sklearn",
        rounds=rounds,
        device=device,
    )


def _stability(count: int, sites: int, rounds: int, device: str) -> Case:
    return Case(
        name="maximum stability",
        size=size(N=sites, P=count),
        peer="scikit-learn LinearSVC",
        data=partial(patterns, count, sites),
        ours=partial(stability, device),
        theirs=support_vectors,
        difference=stability_difference,
        tolerance=1e-3,
        needs="sklearn",
        rounds=rounds,
        device=device,
    )


def cases(quick: bool, device: str) -> list[Case]:
    """Optima with more and with fewer sites than patterns, and maximum stability."""
    if quick:
        return [
            _optimum(60, 150, 10, 2, device=device),
            _optimum(500, 100, 10, 2, mixed=True, device=device),
            _stability(50, 100, 2, device),
        ]
    return [
        _optimum(400, 1000, 1000, 3, device=device),
        _optimum(2500, 500, 500, 1, device=device),
        _optimum(2500, 500, 100, 1, mixed=True, device=device),
        _stability(250, 500, 3, device),
    ]
