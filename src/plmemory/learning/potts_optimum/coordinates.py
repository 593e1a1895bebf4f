"""Coordinates in which the Hessian of the objective is close to the identity.

The fields are taken at the mean sequence (colour indicators minus their frequencies), the colours
of every site are rotated to the eigenvectors of their own covariance, and each direction is scaled
by the curvature of independent sites, w E_j E_i + lambda.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from plmemory.machine.exponential import compiled
from plmemory.machine.lanes import LANES, add_product, load, spread, store, total
from plmemory.networks.potts.kernels import (
    Columns,
    Workspace,
    aligned,
    padded,
    pseudo_likelihood,
    workspace,
)


class Coordinates(NamedTuple):
    """The coordinates of the search.

    frequencies: (N, q) weighted colour frequencies. to_axes: (N, q, Q) eigenvectors of the colour
    covariance of each site, padded with zeros; to_colours: (N, q, Q) their transposes.
    variances: (N, q) the eigenvalues times the total weight. fields: (N, q) the fields of the
    optimum without couplings.
    """

    frequencies: np.ndarray
    to_axes: np.ndarray
    to_colours: np.ndarray
    variances: np.ndarray
    fields: np.ndarray


class Problem(NamedTuple):
    """Data, weights (P,) and penalties, and the coordinates that belong to them."""

    data: Columns
    weights: np.ndarray
    coupling_penalty: float
    field_penalty: float
    coordinates: Coordinates


class Desk(NamedTuple):
    """Memory for the work on one site, and on its ``pairs`` with others (3, q, Q)."""

    space: Workspace
    pairs: np.ndarray


def desk(problem: Problem) -> Desk:
    """Uninitialised memory for work on this problem."""
    dtype, states = problem.coordinates.to_axes.dtype, problem.data.states
    pairs = aligned(3 * states, padded(states), dtype)
    return Desk(workspace(problem.data, dtype), pairs.reshape(3, states, -1))


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
    fields = problem.coordinates.fields[site]
    return fields @ problem.coordinates.to_axes[site, :, : len(fields)]


@compiled
def set_couplings(
    coordinates: Any, acting: int, site: int, along: Any, scales: Any, memory: Any, couplings: Any
) -> float:
    """Set the ``couplings`` (q, Q) from one site, from its coordinates (q, q) times ``scales``.

    Returns the sum of their squares. ``memory``: two arrays (q, Q).
    """
    states = len(along)
    scaled, turned = memory[0], memory[1]
    for b in range(states):
        row, numbers, factors = scaled[b], along[b], scales[b]
        row[states:] = 0
        for a in range(states):
            row[a] = numbers[a] * factors[a]
    _multiply(scaled, coordinates.to_colours[site], turned)
    _multiply(coordinates.to_axes[acting], turned, couplings)
    return _square(scaled)


@compiled
def set_gradient(
    coordinates: Any,
    acting: int,
    site: int,
    slope: Any,
    along: Any,
    scales: Any,
    memory: Any,
    gradient: Any,
    penalty: Any,
) -> None:
    """Set the ``gradient`` in the coordinates (q, q) of a coupling, from its ``slope`` (q, Q).

    ``penalty``: the derivative of the penalty, over the coupling. ``memory``: two arrays (q, Q).
    """
    states = len(along)
    turned, found = memory[0], memory[1]
    _multiply(coordinates.to_colours[acting], slope, turned)
    _multiply(turned, coordinates.to_axes[site], found)
    for b in range(states):
        row, numbers, factors, out = found[b], along[b], scales[b], gradient[b]
        for a in range(states):
            out[a] = (row[a] + penalty * numbers[a] * factors[a]) * factors[a]


@compiled
def field_of(coordinates: Any, site: int, couplings: Any, field: Any) -> Any:
    """The field (Q,) of a row with ``couplings`` (N q, Q), from its coordinates (q,)."""
    own = np.zeros_like(couplings[0])
    for k in range(len(field)):
        colours = coordinates.to_colours[site, k]
        for a in range(len(own)):
            own[a] += field[k] * colours[a]
    shares = coordinates.frequencies.ravel()
    for k in range(len(shares)):
        row, share = couplings[k], shares[k]
        for a in range(len(own)):
            own[a] -= share * row[a]
    return own


@compiled
def row_objective(
    problem: Any, site: int, space: Any, field: Any, slope: Any, field_gradient: Any
) -> float:
    """The contribution to F of one row, without the penalty of couplings.

    Its couplings are in the workspace, its ``field`` has coordinates (q,). The gradient in the
    couplings, at fixed coordinates of the field, is written to ``slope`` (N q, Q), and that in
    these coordinates to ``field_gradient`` (q,).
    """
    axes, states = problem.coordinates, problem.data.states
    basis, shares = axes.to_axes[site], axes.frequencies.ravel()
    own = field_of(axes, site, space.couplings, field)
    own_slope = np.empty_like(own)
    one = slope.dtype.type(1)
    objective = pseudo_likelihood(
        problem.data, site, space, own, problem.weights, one, slope, own_slope
    )
    twice = slope.dtype.type(2 * problem.field_penalty)
    for a in range(states):
        objective += problem.field_penalty * own[a] * own[a]
        own_slope[a] += twice * own[a]
    for k in range(len(shares)):
        row, share = slope[k], shares[k]
        for a in range(len(own)):
            row[a] -= share * own_slope[a]
    slope[site * states : (site + 1) * states] = 0
    for k in range(states):
        field_gradient[k] = 0
        for a in range(states):
            field_gradient[k] += own_slope[a] * basis[a, k]
    return objective


@compiled
def _multiply(one: Any, other: Any, product: Any) -> None:
    """The product of matrices (n, m) and (k, Q), with k at most m.

    Two of its rows at a time, three registers each; if fewer are left, some repeat others' work.
    """
    (inner, width), last = other.shape, len(product) - 1
    nothing = spread(other.dtype.type(0))
    for begin in range(0, width, 3 * LANES):
        second, third = min(begin + LANES, width - LANES), min(begin + 2 * LANES, width - LANES)
        for r in range(0, last + 1, 2):
            t = min(r + 1, last)
            x, y, z = nothing, nothing, nothing
            u, v, w = nothing, nothing, nothing
            for k in range(inner):
                row = k * width
                first, middle = load(other, row + begin), load(other, row + second)
                end = load(other, row + third)
                number = spread(one[r, k])
                x = add_product(x, number, first)
                y = add_product(y, number, middle)
                z = add_product(z, number, end)
                number = spread(one[t, k])
                u = add_product(u, number, first)
                v = add_product(v, number, middle)
                w = add_product(w, number, end)
            store(product, r * width + begin, x)
            store(product, r * width + second, y)
            store(product, r * width + third, z)
            store(product, t * width + begin, u)
            store(product, t * width + second, v)
            store(product, t * width + third, w)


@compiled
def _square(array: Any) -> float:
    """The sum of the squares of an array (n, Q)."""
    sums = spread(array.dtype.type(0))
    for k in range(0, array.size, LANES):
        lanes = load(array, k)
        sums = add_product(sums, lanes, lanes)
    return np.float64(total(sums))


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
    to_axes = np.zeros((sites, states, padded(states)))
    to_colours = np.zeros_like(to_axes)
    to_axes[..., :states], to_colours[..., :states] = bases, bases.transpose(0, 2, 1)
    arrays = (counts / weights.sum(), to_axes, to_colours, variances, fields)
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
