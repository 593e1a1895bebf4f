"""The regularised Potts pseudo-likelihood optimum, as used for contact prediction.

Minimises, at lambda = 1, the objective that plmc, pydca and CCMpred share,

    F = - sum_mu w_mu sum_i log p(x_i | x_rest) + (lambda_J / 2) sum_{i != j} |J_ij|^2
        + lambda_h sum_i |b_i|^2,

a sum over sites, not a mean; for symmetric couplings the penalty is lambda_J sum_{i < j} |J_ij|^2.
Without the tie each row is a problem of its own (Ekeberg et al., J. Comput. Phys. 276, 2014).

L-BFGS runs in coordinates in which the Hessian is near the identity: the fields are taken at the
mean sequence (colour indicators minus their frequencies), the colours of every site are rotated to
the eigenvectors of their own covariance, and each direction is scaled by the curvature of
independent sites, w E_j E_i + lambda. This saves about nine tenths of the evaluations. The
start is the optimum without couplings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from plmemory.learning.potts.learn import PottsLearned, check_colours, symmetrise
from plmemory.learning.potts_optimum.lbfgs import Minimum, minimise
from plmemory.machine.backend import Backend
from plmemory.machine.workers import on_cores
from plmemory.networks.potts.kernels import (
    Columns,
    columns,
    padded,
    site_pseudo_likelihood,
    unpack,
)

MEMORY = 5  # pairs of vectors that L-BFGS remembers; more do not pay for their traffic


class Coordinates(NamedTuple):
    """The coordinates of the search.

    frequencies: (N, q) weighted colour frequencies. bases: (N, Q, Q) eigenvectors of the
    colour covariance of each site, zero in the padding. variances: (N, Q) its eigenvalues times the
    total weight. fields: (N, Q) the fields of the optimum without couplings.
    """

    frequencies: np.ndarray
    bases: np.ndarray
    variances: np.ndarray
    fields: np.ndarray


class Problem(NamedTuple):
    """Data, weights (P,) and penalties, and the coordinates that belong to them."""

    data: Columns
    weights: np.ndarray
    coupling_penalty: float
    field_penalty: float
    coordinates: Coordinates


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    states: int,
    penalty: float,
    symmetric: bool,
    tolerance: float,
    max_iterations: int,
    reweighted: bool = False,
    weight: np.ndarray | None = None,
) -> PottsLearned:
    """The optimum with the usual penalties, lambda_J = c (N - 1)(q - 1) and lambda_h = c.

    ``penalty`` is c; 0.01 is what plmc and CCMpred use. ``weight``: (R, P), of the patterns where
    they are ``reweighted``. The rest as for ``optimum``; ``rngs`` are not used.
    """
    return optimum(
        patterns,
        backend,
        states=states,
        coupling_penalty=penalty * (patterns.shape[-1] - 1) * (states - 1),
        field_penalty=penalty,
        symmetric=symmetric,
        tolerance=tolerance,
        max_iterations=max_iterations,
        weights=weight if reweighted else None,
    )


def optimum(
    patterns: np.ndarray,
    backend: Backend,
    *,
    states: int,
    coupling_penalty: float,
    field_penalty: float,
    symmetric: bool,
    tolerance: float,
    max_iterations: int,
    weights: np.ndarray | None = None,
) -> PottsLearned:
    """Minimise F above.

    Parameters
    ----------
    patterns : (R, P, N) colours 0 .. ``states`` - 1.
    backend : its precision is used, on the CPU.
    coupling_penalty, field_penalty : lambda_J and lambda_h, positive. The usual choice is
        0.01 (N - 1) (q - 1) and 0.01.
    symmetric : tie J_ij(a, b) = J_ji(b, a), one joint problem; else N independent rows.
    tolerance : stop when the gradient's norm, in the coordinates of the search, has fallen to this
        fraction of its value at the optimum without couplings. The excess of F falls as
        its square.
    max_iterations : of L-BFGS.
    weights : (R, P), one each if not given.

    Returns
    -------
    PottsLearned; converged where all rows reached the tolerance. Diagnostics, each (R,):
    ``objective`` F, ``relative_gradient`` (largest over rows), ``iterations`` (largest) and
    ``evaluations`` (mean over rows).

    Raises
    ------
    InputError
        If a colour is not below ``states``.
    """
    check_colours(patterns, states)
    if weights is None:
        weights = np.ones(patterns.shape[:2])
    solve = _solve_symmetric if symmetric else _solve
    results = []
    for batch, weight in zip(patterns, weights, strict=True):
        data = columns(batch, states)
        coordinates = _coordinates(data, weight, field_penalty, backend.dtype)
        problem = Problem(
            data, weight.astype(backend.dtype), coupling_penalty, field_penalty, coordinates
        )
        results.append(solve(problem, tolerance, max_iterations))
    minima = [minimum for _, _, minimum in results]
    relative = np.array([max(m.relative_gradient for m in rows) for rows in minima])
    return PottsLearned(
        couplings=np.stack([unpack(table) for table, _, _ in results]),
        fields=np.stack([field[:, :states] for _, field, _ in results]),
        converged=relative <= tolerance,
        history={},
        diagnostics={
            "objective": np.array([sum(m.objective for m in rows) for rows in minima]),
            "relative_gradient": relative,
            "iterations": np.array([max(m.iterations for m in rows) for rows in minima]),
            "evaluations": np.array([np.mean([m.evaluations for m in rows]) for rows in minima]),
        },
    )


def _solve(
    problem: Problem, tolerance: float, max_iterations: int
) -> tuple[np.ndarray, np.ndarray, list[Minimum]]:
    """Couplings and fields (padded layout), row by row."""

    def row(site: int) -> tuple[np.ndarray, np.ndarray, Minimum]:
        found = minimise(
            lambda point: _evaluate(problem, site, point),
            _start(problem, site),
            tolerance=tolerance,
            max_iterations=max_iterations,
            memory=MEMORY,
        )
        return *_parameters(problem, site, found.point), found

    rows = on_cores(row, range(problem.data.sequences.shape[1]))
    return np.stack([r[0] for r in rows]), np.stack([r[1] for r in rows]), [r[2] for r in rows]


def _solve_symmetric(
    problem: Problem, tolerance: float, max_iterations: int
) -> tuple[np.ndarray, np.ndarray, list[Minimum]]:
    """The same with all rows in one problem, whose gradient is projected on tied couplings.

    The scales of J_ij and J_ji agree, so that a tied point is tied in either coordinates.
    """
    sites = range(problem.data.sequences.shape[1])
    start = np.stack([_start(problem, site) for site in sites])
    states, width = problem.data.states, padded(problem.data.states)

    def evaluate(point: np.ndarray) -> tuple[float, np.ndarray]:
        points, gradient = point.reshape(start.shape), np.empty_like(start)

        def one(site: int) -> float:
            objective, gradient[site] = _evaluate(problem, site, points[site])
            return objective

        objective = sum(on_cores(one, sites))
        symmetrise(gradient[:, :-width].reshape(len(sites), len(sites), states, width))
        return objective, gradient.ravel()

    found = minimise(
        evaluate,
        start.ravel(),
        tolerance=tolerance,
        max_iterations=max_iterations,
        memory=MEMORY,
    )
    rows = [
        _parameters(problem, site, point)
        for site, point in enumerate(found.point.reshape(start.shape))
    ]
    return np.stack([r[0] for r in rows]), np.stack([r[1] for r in rows]), [found]


def _scales(problem: Problem, site: int) -> tuple[np.ndarray, np.ndarray]:
    """Inverse root of the estimated curvature: couplings (N, q, Q), field (Q,)."""
    variances = problem.coordinates.variances
    total = problem.weights.sum()
    states = problem.data.states
    couplings = variances[:, :states, None] * variances[site] / total
    field = variances[site] + 2 * problem.field_penalty
    return 1 / np.sqrt(couplings + problem.coupling_penalty), 1 / np.sqrt(field)


def _start(problem: Problem, site: int) -> np.ndarray:
    """The optimum without couplings, as a point of the search."""
    basis, field = problem.coordinates.bases[site], problem.coordinates.fields[site]
    scale, field_scale = _scales(problem, site)
    return np.concatenate([np.zeros(scale.size, scale.dtype), field @ basis / field_scale])


def _parameters(problem: Problem, site: int, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Couplings (N, q, Q) and field (Q,) of one row at a point of the search."""
    bases, states = problem.coordinates.bases, problem.data.states
    scale, field_scale = _scales(problem, site)
    width = len(field_scale)
    rotated = point[:-width].reshape(scale.shape) * scale
    table = bases[:, :states, :states] @ (rotated @ bases[site].T)
    mean_field = np.tensordot(problem.coordinates.frequencies, table, axes=2)
    return table, bases[site] @ (point[-width:] * field_scale) - mean_field


def _evaluate(problem: Problem, site: int, point: np.ndarray) -> tuple[float, np.ndarray]:
    """One row's share of F and its gradient at a point of the search."""
    bases, states = problem.coordinates.bases, problem.data.states
    table, field = _parameters(problem, site, point)
    objective, slope, field_slope = site_pseudo_likelihood(
        problem.data, site, table, field, problem.weights, 1.0
    )
    kind = table.dtype.type
    objective += problem.coupling_penalty / 2 * _square(table)
    objective += problem.field_penalty * _square(field)
    field_slope += kind(2 * problem.field_penalty) * field
    slope += kind(problem.coupling_penalty) * table
    slope -= problem.coordinates.frequencies[:, :, None] * field_slope
    slope[site] = 0
    scale, field_scale = _scales(problem, site)
    rotated = bases[:, :states, :states].transpose(0, 2, 1) @ (slope @ bases[site])
    rotated *= scale
    return objective, np.concatenate([rotated.ravel(), field_slope @ bases[site] * field_scale])


def _square(array: np.ndarray) -> float:
    return float(np.dot(array.ravel(), array.ravel()))


def _coordinates(
    data: Columns, weights: np.ndarray, field_penalty: float, dtype: Any
) -> Coordinates:
    """Frequencies, and for each site the optimum without couplings and its covariance."""
    sites = data.sequences.shape[1]
    states, width = data.states, padded(data.states)
    cells = np.arange(sites) * states + data.sequences
    counts = np.bincount(
        cells.ravel(), np.repeat(weights, sites), minlength=sites * states
    ).reshape(sites, states)
    bases = np.zeros((sites, width, width))
    variances, fields = np.zeros((sites, width)), np.zeros((sites, width))
    for site, observed in enumerate(counts):
        fields[site, :states], p = _independent(observed, field_penalty)
        covariance = np.diag(p) - np.outer(p, p)
        values, bases[site, :states, :states] = np.linalg.eigh(covariance)
        variances[site, :states] = observed.sum() * values.clip(0)
    frequencies = counts / weights.sum()
    arrays = (frequencies, bases, variances, fields)
    return Coordinates(*(array.astype(dtype) for array in arrays))


def _independent(counts: np.ndarray, penalty: float) -> tuple[np.ndarray, np.ndarray]:
    """Field (q,) that minimises -sum_a n_a log p_a + penalty |b|^2, by Newton, and its p."""
    total = counts.sum()
    field = np.log(counts + 0.5) - np.log(counts + 0.5).mean()
    for _ in range(100):
        p = np.exp(field - field.max())
        p /= p.sum()
        gradient = total * p - counts + 2 * penalty * field
        hessian = total * (np.diag(p) - np.outer(p, p)) + 2 * penalty * np.eye(len(p))
        change = np.linalg.solve(hessian, gradient)
        field -= change / max(1.0, np.abs(change).max())
        if np.abs(change).max() < 1e-9:
            break
    return field, p
