"""Coordinates in which the Hessian of the objective is close to the identity.

The fields are taken at the mean sequence (colour indicators minus their frequencies), the colours
of every site are rotated to the eigenvectors of their own covariance, and each direction is scaled
by the curvature of independent sites, w E_j E_i + lambda.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from plmemory.networks.potts.kernels import Columns, padded, site_pseudo_likelihood


class Coordinates(NamedTuple):
    """The coordinates of the search.

    frequencies: (N, q) weighted colour frequencies. bases: (N, q, q) eigenvectors of the
    colour covariance of each site. variances: (N, q) its eigenvalues times the total weight.
    fields: (N, q) the fields of the optimum without couplings.
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


def coupling_scales(problem: Problem, site: int, acting: slice) -> np.ndarray:
    """Inverse root of the estimated curvature of couplings from the ``acting`` sites: (n, q, q)."""
    variances = problem.coordinates.variances
    total = problem.weights.sum()
    curvature = variances[acting, :, None] * variances[site] / total
    return 1 / np.sqrt(curvature + problem.coupling_penalty)


def field_scales(problem: Problem, sites: slice | int) -> np.ndarray:
    """The same for the fields (n, q), or for one site (q,)."""
    return 1 / np.sqrt(problem.coordinates.variances[sites] + 2 * problem.field_penalty)


def start_of(problem: Problem, site: int) -> np.ndarray:
    """The fields (q,) of the optimum without couplings, before scaling."""
    return problem.coordinates.fields[site] @ problem.coordinates.bases[site]


def parameters(
    problem: Problem, site: int, couplings: np.ndarray, field: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Couplings (N, q, Q) and field (Q,) of one row, from coordinates (N, q, q) and (q,)."""
    basis = _own_basis(problem.coordinates.bases[site])
    table = of_colours(problem, slice(None), basis, couplings)
    return table, field_of(problem, site, table, field)


def of_colours(
    problem: Problem, acting: slice, basis: np.ndarray, couplings: np.ndarray
) -> np.ndarray:
    """Couplings (n, q, Q) from the ``acting`` sites, from coordinates (n, q, q).

    ``basis``: (q, Q) from the axes of the site on which they act to its colours.
    """
    turned = couplings.reshape(-1, len(basis)) @ basis
    return problem.coordinates.bases[acting] @ turned.reshape(*couplings.shape[:2], basis.shape[1])


def to_axes(
    problem: Problem, acting: slice, basis: np.ndarray, slope: np.ndarray, gradient: np.ndarray
) -> None:
    """Write the ``gradient`` in these coordinates (n, q, q), from the ``slope`` (n, q, Q)."""
    turned = problem.coordinates.bases[acting].transpose(0, 2, 1) @ slope
    np.matmul(turned.reshape(-1, basis.shape[1]), basis.T, out=gradient.reshape(-1, len(basis)))


def field_of(problem: Problem, site: int, table: np.ndarray, field: np.ndarray) -> np.ndarray:
    """The field (Q,) of a row with couplings (N, q, Q), from its coordinates (q,)."""
    axes = problem.coordinates
    mean_field = axes.frequencies.ravel() @ table.reshape(-1, table.shape[2])
    return field @ _own_basis(axes.bases[site]) - mean_field


def row_objective(
    problem: Problem, site: int, table: np.ndarray, field: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """The contribution to F of one row, at its couplings (N, q, Q) and field (Q,).

    Without the penalty of couplings. Also the gradient: in the couplings, at fixed coordinates of
    the field (N, q, Q), and in these (q,).
    """
    objective, slope, field_slope = site_pseudo_likelihood(
        problem.data, site, table, field, problem.weights, 1.0
    )
    objective += problem.field_penalty * square(field)
    field_slope += table.dtype.type(2 * problem.field_penalty) * field
    _centre(slope, problem.coordinates.frequencies, field_slope)
    slope[site] = 0
    return objective, slope, field_slope[: len(slope[site])] @ problem.coordinates.bases[site]


def evaluate_at(
    problem: Problem, site: int, couplings: np.ndarray, field: np.ndarray, gradient: np.ndarray
) -> tuple[float, np.ndarray]:
    """The contribution of one row to F, from coordinates of couplings (N, q, q) and field (q,).

    The gradient in the coordinates of the couplings is written to ``gradient``; that of the field
    is returned.
    """
    table, total_field = parameters(problem, site, couplings, field)
    objective, slope, field_slope = row_objective(problem, site, table, total_field)
    objective += problem.coupling_penalty / 2 * square(couplings)
    basis = _own_basis(problem.coordinates.bases[site])
    to_axes(problem, slice(None), basis, slope, gradient)
    gradient += gradient.dtype.type(problem.coupling_penalty) * couplings
    return objective, field_slope


@njit(nogil=True, cache=True)
def _centre(slope: Any, frequencies: Any, field_slope: Any) -> None:
    """Subtract the part of the fields at the mean sequence from a gradient (N, q, Q)."""
    for j in range(len(slope)):
        for b in range(len(slope[j])):
            row, share = slope[j, b], frequencies[j, b]
            for a in range(len(row)):
                row[a] -= share * field_slope[a]


def _own_basis(basis: np.ndarray) -> np.ndarray:
    """From axes to the padded colours of a site itself, (q, Q)."""
    states = len(basis)
    turned = np.zeros((states, padded(states)), basis.dtype)
    turned[:, :states] = basis.T
    return turned


def square(array: np.ndarray) -> float:
    """The sum of the squares of all numbers."""
    return float(np.dot(array.ravel(), array.ravel()))


def rotated(data: Columns, weights: np.ndarray, field_penalty: float, dtype: Any) -> Coordinates:
    """Frequencies, and for each site the optimum without couplings and its covariance."""
    sites = data.sequences.shape[1]
    states = data.states
    cells = np.arange(sites) * states + data.sequences
    counts = np.bincount(
        cells.ravel(), np.repeat(weights, sites), minlength=sites * states
    ).reshape(sites, states)
    bases = np.empty((sites, states, states))
    variances, fields = np.empty((sites, states)), np.empty((sites, states))
    for site, observed in enumerate(counts):
        fields[site], p = _independent(observed, field_penalty)
        covariance = np.diag(p) - np.outer(p, p)
        values, bases[site] = np.linalg.eigh(covariance)
        variances[site] = observed.sum() * values.clip(0)
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
