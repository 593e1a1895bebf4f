"""Coordinates in which the Hessian of the objective is near the identity.

The fields are taken at the mean sequence (colour indicators minus their frequencies), the colours
of every site are rotated to the eigenvectors of their own covariance, and each direction is scaled
by the curvature of independent sites, w E_j E_i + lambda.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from plmemory.networks.potts.kernels import Columns, padded, site_pseudo_likelihood


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


def _scales(problem: Problem, site: int) -> tuple[np.ndarray, np.ndarray]:
    """Inverse root of the estimated curvature: couplings (N, q, Q), field (Q,)."""
    variances = problem.coordinates.variances
    total = problem.weights.sum()
    states = problem.data.states
    couplings = variances[:, :states, None] * variances[site] / total
    field = variances[site] + 2 * problem.field_penalty
    return 1 / np.sqrt(couplings + problem.coupling_penalty), 1 / np.sqrt(field)


def start_of(problem: Problem, site: int) -> np.ndarray:
    """The optimum without couplings, as a point of the search."""
    basis, field = problem.coordinates.bases[site], problem.coordinates.fields[site]
    scale, field_scale = _scales(problem, site)
    return np.concatenate([np.zeros(scale.size, scale.dtype), field @ basis / field_scale])


def parameters(problem: Problem, site: int, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Couplings (N, q, Q) and field (Q,) of one row at a point of the search."""
    bases, states = problem.coordinates.bases, problem.data.states
    scale, field_scale = _scales(problem, site)
    width = len(field_scale)
    turned = point[:-width].reshape(scale.shape) * scale
    table = bases[:, :states, :states] @ (turned @ bases[site].T)
    mean_field = np.tensordot(problem.coordinates.frequencies, table, axes=2)
    return table, bases[site] @ (point[-width:] * field_scale) - mean_field


def evaluate_at(problem: Problem, site: int, point: np.ndarray) -> tuple[float, np.ndarray]:
    """One row's share of F and its gradient at a point of the search."""
    bases, states = problem.coordinates.bases, problem.data.states
    table, field = parameters(problem, site, point)
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
    turned = bases[:, :states, :states].transpose(0, 2, 1) @ (slope @ bases[site])
    turned *= scale
    return objective, np.concatenate([turned.ravel(), field_slope @ bases[site] * field_scale])


def _square(array: np.ndarray) -> float:
    return float(np.dot(array.ravel(), array.ravel()))


def rotated(data: Columns, weights: np.ndarray, field_penalty: float, dtype: Any) -> Coordinates:
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
