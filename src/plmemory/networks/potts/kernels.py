"""Potts pseudo-likelihood of one site: objective and gradient without one-hot arrays.

The field on site i is a sum of one row of the couplings per column of the sequence,
``h_i(a) = b_i(a) + sum_j J_ij(a, x_j)``, and the gradient is a sum of one residual per
sequence over the sequences that carry colour b in column j. Both are the same operation: sum
rows of a table over segments of an index list. The compiled loop is several times faster than
scipy's sparse product or an embedding bag.

Half of the work is saved by counting from the consensus: with ``c_j`` the most frequent colour
of column j, only the entries with ``x_j != c_j`` are summed, ``J_ij(a, x_j) - J_ij(a, c_j)``
in addition to the constant ``b_i(a) + sum_j J_ij(a, c_j)``; in the gradient the consensus colour
gets the total minus the others.

Inside this package the couplings of one site have the shape (N, q, Q): acting column, acting
colour, own colour, with Q the number of colours padded to a multiple of eight, so that rows fill
whole vector registers. ``pack`` and ``unpack`` convert from and to ``J[i, a, j, b]``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from plmemory.machine.exponential import compiled, exponential
from plmemory.machine.lanes import LANES, add, larger, largest, load, store, total

LINE = 64  # bytes of a cache line, at which arrays begin: rows across two lines cost a sixth more
# The field of the padding colours: exp() of it is zero, and it stays finite in float32.
FORBIDDEN = -1e30


class Columns(NamedTuple):
    """Sequences, indexed for sums over their sites and over their colours.

    sequences: (P, N) colours; states: q; consensus: (N,) colours omitted from the sums.
    row_starts (P + 1,), rows: the table rows j q + x_j of each sequence, without the consensus.
    member_starts (N q + 1,), members: the sequences with colour b in column j, by j q + b.
    Rows and members are unsigned, since for signed indices compiled code checks whether they count
    from the end, and short if possible: reading them is a large part of the traffic.
    """

    sequences: np.ndarray
    states: int
    consensus: np.ndarray
    row_starts: np.ndarray
    rows: np.ndarray
    member_starts: np.ndarray
    members: np.ndarray


def columns(sequences: np.ndarray, states: int, consensus: np.ndarray | None = None) -> Columns:
    """Index ``sequences`` (P, N) of colours 0 .. q - 1.

    ``consensus`` (N,): any reference colours; the most frequent ones by default. The rounding of
    the sums depends on them, but not otherwise on the other sequences.
    """
    sites = sequences.shape[1]
    rows = np.arange(sites, dtype=np.uint32) * np.uint32(states) + sequences.astype(np.uint32)
    if consensus is None:
        counts = np.bincount(rows.ravel(), minlength=sites * states).reshape(sites, states)
        consensus = counts.argmax(axis=1)
    differs = sequences != consensus
    index = np.uint16 if max(sites * states, len(sequences)) <= 1 << 16 else np.uint32
    kept = rows[differs].astype(index)
    order = np.argsort(kept, kind="stable")
    return Columns(
        sequences=np.asfortranarray(sequences),
        states=states,
        consensus=consensus,
        row_starts=np.concatenate([[0], differs.sum(axis=1).cumsum()]).astype(np.int64),
        rows=kept,
        member_starts=np.searchsorted(kept[order], np.arange(sites * states + 1)),
        members=np.nonzero(differs)[0][order].astype(index),
    )


def padded(states: int) -> int:
    """Colours rounded up to whole vector registers."""
    return -(-states // LANES) * LANES


def aligned(rows: int, width: int, dtype: Any) -> np.ndarray:
    """An uninitialised array (rows, width) that begins at a cache line."""
    memory = np.empty(rows * width * np.dtype(dtype).itemsize + LINE, np.uint8)
    begin = -memory.ctypes.data % LINE
    return memory[begin : len(memory) - LINE + begin].view(dtype).reshape(rows, width)


def pack(couplings: np.ndarray, dtype: Any) -> np.ndarray:
    """``J[i, a, j, b]`` (n, q, N, q) as the padded layout (n, N, q, Q)."""
    states = couplings.shape[1]
    table = np.zeros((*couplings.shape[::2], states, padded(states)), dtype)
    table[..., :states] = couplings.transpose(0, 2, 3, 1)
    return table


def unpack(table: np.ndarray) -> np.ndarray:
    """The padded layout (n, N, q, Q) as ``J[i, a, j, b]`` (n, q, N, q)."""
    return np.ascontiguousarray(table[..., : table.shape[2]].transpose(0, 3, 1, 2))


class Workspace(NamedTuple):
    """Memory for the work on one site after another: couplings (N q, Q) and fields (P, Q)."""

    couplings: np.ndarray
    fields: np.ndarray


def workspace(data: Columns, dtype: Any) -> Workspace:
    """Uninitialised memory for work on these sequences."""
    count, sites = data.sequences.shape
    width = padded(data.states)
    return Workspace(aligned(sites * data.states, width, dtype), aligned(count, width, dtype))


def site_fields(data: Columns, table: np.ndarray, field: np.ndarray) -> np.ndarray:
    """Fields (P, Q) on one site from its couplings ``table`` (N, q, Q) and ``field`` (Q,).

    The padding colours have the field ``FORBIDDEN``.
    """
    space = workspace(data, table.dtype)
    space.couplings[:] = table.reshape(space.couplings.shape)
    _set_fields(data, space, field)
    return space.fields


@compiled
def pseudo_likelihood(
    data: Any,
    site: int,
    space: Any,
    field: Any,
    weights: Any,
    inverse_temperature: Any,
    slope: Any,
    field_slope: Any,
) -> float:
    """Objective of one site and its gradient in the couplings and the field.

    The objective is sum_mu w_mu (-log softmax_a(lambda h_i(a))[x_i]) / lambda, added up in
    float64. The couplings, zero for the site itself, are in the workspace, and are overwritten.
    ``field`` (Q,), ``weights`` (P,) and lambda are in their precision. The gradients are written to
    ``slope`` (N q, Q), zero for the site itself, and to ``field_slope`` (Q,).
    """
    _set_fields(data, space, field)
    target = data.sequences[:, site]
    field_slope[:] = 0
    objective = _residuals(space.fields, target, weights, inverse_temperature, field_slope)
    nothing = np.zeros_like(field_slope)
    _sum_segments(data.member_starts, data.members, space.fields, nothing, slope)
    _to_consensus(slope, field_slope, data.consensus, data.states)
    slope[site * data.states : (site + 1) * data.states] = 0
    return objective / inverse_temperature


@compiled
def pseudo_likelihoods(
    data: Any,
    sites: Any,
    space: Any,
    couplings: Any,
    fields: Any,
    weights: Any,
    inverse_temperature: Any,
    slopes: Any,
    field_slopes: Any,
    objectives: Any,
) -> None:
    """The same for some ``sites`` of all, with couplings (N, N q, Q) and fields (N, Q)."""
    for i in sites:
        space.couplings[:] = couplings[i]
        objectives[i] = pseudo_likelihood(
            *(data, i, space, fields[i], weights, inverse_temperature, slopes[i], field_slopes[i])
        )


@compiled
def _set_fields(data: Any, space: Any, field: Any) -> None:
    base = _from_consensus(space.couplings, field, data.consensus, data.states)
    base[data.states :] = FORBIDDEN
    _sum_segments(data.row_starts, data.rows, space.couplings, base, space.fields)


@njit(nogil=True, cache=True)
def _from_consensus(couplings: Any, field: Any, consensus: Any, states: int) -> Any:
    """Subtract the couplings (N q, Q) of the consensus colours; returns the field of these (Q,)."""
    base = field.copy()
    for j in range(len(consensus)):
        reference = couplings[j * states + consensus[j]].copy()
        for a in range(len(base)):
            base[a] += reference[a]
        for row in couplings[j * states : (j + 1) * states]:
            for a in range(len(base)):
                row[a] -= reference[a]
    return base


@njit(nogil=True, cache=True)
def _to_consensus(slope: Any, total: Any, consensus: Any, states: int) -> None:
    """Set the gradient (N q, Q) of the consensus colours: the total minus the other colours."""
    others = np.empty_like(total)
    for j in range(len(consensus)):
        others[:] = 0
        for row in slope[j * states : (j + 1) * states]:
            for a in range(len(others)):
                others[a] += row[a]
        out = slope[j * states + consensus[j]]
        for a in range(len(others)):
            out[a] = total[a] - others[a]


@njit(nogil=True, cache=True)
def _sum_segments(starts: Any, indices: Any, table: Any, base: Any, sums: Any) -> None:
    """sums[k] = base + sum of table[indices[m]] for starts[k] <= m < starts[k + 1].

    Three registers at a time, which suffices for 21 colours. If fewer are left, some registers
    repeat the work of others; this takes no longer, since each addition waits for the previous one.
    """
    width = table.shape[1]
    for first in range(0, width, 3 * LANES):
        second, third = min(first + LANES, width - LANES), min(first + 2 * LANES, width - LANES)
        for k in range(len(starts) - 1):
            x, y, z = load(base, first), load(base, second), load(base, third)
            for m in range(starts[k], starts[k + 1]):
                row = np.intp(indices[m]) * width
                x = add(x, load(table, row + first))
                y = add(y, load(table, row + second))
                z = add(z, load(table, row + third))
            row = k * width
            store(sums, row + first, x)
            store(sums, row + second, y)
            store(sums, row + third, z)


@compiled
def _residuals(
    fields: Any, target: Any, weights: Any, inverse_temperature: Any, sums: Any
) -> float:
    """Turn fields in place into weighted residuals, and add these up in ``sums``.

    Returns the weighted -log p of the targets.
    """
    objective = 0.0
    for s in range(len(fields)):
        row = fields[s]
        x = load(row, 0)
        for a in range(LANES, len(row), LANES):
            x = larger(x, load(row, a))
        highest = largest(x)
        observed = inverse_temperature * (row[target[s]] - highest)
        for a in range(len(row)):
            row[a] = exponential(inverse_temperature * (row[a] - highest))
        x = load(row, 0)
        for a in range(LANES, len(row), LANES):
            x = add(x, load(row, a))
        norm = total(x)
        scale = weights[s] / norm
        for a in range(len(row)):
            row[a] *= scale
        row[target[s]] -= weights[s]
        for a in range(len(row)):
            sums[a] += row[a]
        objective += weights[s] * (np.log(np.float64(norm)) - observed)
    return objective
