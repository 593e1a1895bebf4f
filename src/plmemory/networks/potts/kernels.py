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


def _empty(rows: int, width: int, dtype: Any) -> np.ndarray:
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


def site_fields(data: Columns, table: np.ndarray, field: np.ndarray) -> np.ndarray:
    """Fields (P, Q) on one site from its couplings ``table`` (N, q, Q) and ``field`` (Q,).

    The padding colours have the field ``FORBIDDEN``.
    """
    sites, states, width = table.shape
    relative = _empty(sites * states, width, table.dtype)
    base = _from_consensus(table, field, data.consensus, relative)
    base[states:] = FORBIDDEN
    fields = _empty(len(data.sequences), width, table.dtype)
    _sum_segments(data.row_starts, data.rows, relative, base, fields)
    return fields


def site_gradient(data: Columns, residuals: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Sum of ``residuals`` (P, Q), with ``total`` (Q,), by acting column and colour (N, q, Q)."""
    sites, width = data.sequences.shape[1], residuals.shape[1]
    gradient = _empty(sites * data.states, width, residuals.dtype)
    _sum_segments(data.member_starts, data.members, residuals, np.zeros_like(total), gradient)
    gradient = gradient.reshape(sites, data.states, width)
    _to_consensus(gradient, total, data.consensus)
    return gradient


def site_pseudo_likelihood(
    data: Columns,
    site: int,
    table: np.ndarray,
    field: np.ndarray,
    weights: np.ndarray,
    inverse_temperature: float,
) -> tuple[float, np.ndarray, np.ndarray]:
    """Objective of one site and its gradient in the couplings (N, q, Q) and the field (Q,).

    The objective is sum_mu w_mu (-log softmax_a(lambda h_i(a))[x_i]) / lambda, added up in
    float64. ``weights``: (P,) in the dtype of the table. ``table[site]`` must be zero; so is
    its gradient.
    """
    fields = site_fields(data, table, field)
    target = data.sequences[:, site]
    total = np.zeros_like(field)
    objective = _residuals(fields, target, weights, fields.dtype.type(inverse_temperature), total)
    gradient = site_gradient(data, fields, total)
    gradient[site] = 0
    return objective / inverse_temperature, gradient, total


@njit(nogil=True, cache=True)
def _from_consensus(table: Any, field: Any, consensus: Any, relative: Any) -> Any:
    """Couplings minus those of the consensus colours, (N q, Q), and the field of these, (Q,)."""
    sites, states, width = table.shape
    base = np.zeros_like(field)
    for j in range(sites):
        reference = table[j, consensus[j]]
        for a in range(width):
            base[a] += reference[a]
        for b in range(states):
            row, out = table[j, b], relative[j * states + b]
            for a in range(width):
                out[a] = row[a] - reference[a]
    return field + base


@njit(nogil=True, cache=True)
def _to_consensus(gradient: Any, total: Any, consensus: Any) -> None:
    """Set the gradient of the consensus colours: the total minus the other colours."""
    sites, states, width = gradient.shape
    others = np.empty_like(total)
    for j in range(sites):
        others[:] = 0
        for b in range(states):
            row = gradient[j, b]
            for a in range(width):
                others[a] += row[a]
        out = gradient[j, consensus[j]]
        for a in range(width):
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
