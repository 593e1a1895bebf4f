"""Pseudo-likelihood for Potts spins by gradient descent.

The loss is the mean over patterns and sites of ``-log softmax_a(lambda h_i(a))[xi_i] / lambda``
with ``h_i(a) = b_i(a) + sum_{j != i} J_ij(a, xi_j)``. Ising is q = 2: with colour 0 for spin +1 and
colour 1 for -1, ``J = (J(0,0) - J(0,1) - J(1,0) + J(1,1)) / 4`` has the same loss at the same
lambda. A Potts step changes this J by a quarter of an Ising step, so a four times larger learning
rate gives the same trajectory (if the patterns favour neither spin, or the Ising model has fields
too).

The arithmetic runs on the CPU for any device of the backend (the work is a sparse sum, not a
matrix product), in the backend's precision; objectives are added up in float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from plmemory.errors import InputError, TrainingError
from plmemory.files import checkpoints
from plmemory.machine.backend import Backend
from plmemory.machine.exponential import compiled
from plmemory.machine.part import WHOLE, Part
from plmemory.machine.workers import Workers
from plmemory.networks.ising.states import COUPLINGS
from plmemory.networks.potts.kernels import (
    Columns,
    Workspace,
    columns,
    padded,
    pseudo_likelihood,
    pseudo_likelihoods,
    unpack,
    workspace,
)

# Overflow is checked once, at the end, and reported as a TrainingError.
_QUIET = np.errstate(over="ignore", invalid="ignore")


class PottsLearned(NamedTuple):
    """Potts couplings and local fields; the other entries are as in ``Learned``.

    couplings: (replicate, N, q, N, q), ``J[r, i, a, j, b]`` acts on colour a of site i from
        colour b of site j; zero for i = j.
    fields: (replicate, N, q).
    """

    couplings: np.ndarray
    fields: np.ndarray
    converged: np.ndarray
    history: dict[str, np.ndarray]
    diagnostics: dict[str, np.ndarray]

    @property
    def variables(self) -> dict[str, tuple[Any, ...]]:
        """The variables of the network: axes, values and attributes by name."""
        axes = ("replicate", "site", "colour", "source", "source_colour")
        return {
            "couplings": (axes, self.couplings, {"convention": COUPLINGS}),
            "fields": (("replicate", "site", "colour"), self.fields),
        }


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator],
    *,
    states: int,
    inverse_temperature: float,
    learning_rate: float,
    epochs: int,
    symmetric: bool,
    part: Part = WHOLE,
) -> PottsLearned:
    """Full-batch gradient descent on the mean loss from vanishing couplings and fields.

    Parameters
    ----------
    patterns : (R, P, N) colours 0 .. ``states`` - 1.
    backend : its precision is used.
    rngs : not used, the rule is deterministic.
    inverse_temperature : lambda.
    learning_rate : step on the mean loss, constant.
    symmetric : follow the gradient's symmetric part, so that J_ij(a, b) = J_ji(b, a).
    part : of the rows, if not ``symmetric``; the loss is the mean over its sites.

    Returns
    -------
    PottsLearned
        With the history ``epoch`` (epochs,) and ``loss`` (epochs, R), the mean loss before each
        step. It always counts as converged: its length is part of the protocol.

    Raises
    ------
    InputError
        If a colour is not below ``states``.
    TrainingError
        If the loss overflows.
    """
    check_colours(patterns, states)
    rows = part.rows(patterns.shape[2])
    descend = _descend_symmetric if symmetric else partial(_descend, rows)

    def train(batch: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return descend(columns(batch, states), backend, inverse_temperature, learning_rate, epochs)

    runs = checkpoints.pieces(train, patterns)
    tables, fields, losses = (list(part) for part in zip(*runs, strict=True))
    history = np.stack(losses, axis=1)
    finite = all(np.isfinite(array).all() for array in (history, *tables))
    if not finite:
        raise TrainingError("potts: the loss overflowed; lower learning_rate")
    return PottsLearned(
        couplings=np.stack([unpack(table) for table in tables]),
        fields=np.stack([field[:, :states] for field in fields]),
        converged=np.ones(len(patterns), dtype=bool),
        history={"epoch": np.arange(epochs), "loss": history},
        diagnostics={},
    )


def check_colours(patterns: np.ndarray, states: int) -> None:
    """Raise InputError unless all colours of ``patterns`` are in 0 .. ``states`` - 1."""
    if patterns.size and not 0 <= patterns.min() <= patterns.max() < states:
        raise InputError(
            f"patterns: found colours {patterns.min()} to {patterns.max()}, "
            f"expected 0 to {states - 1}"
        )


def zeros(data: Columns, rows: int, backend: Backend) -> tuple[np.ndarray, np.ndarray]:
    """Vanishing couplings (n, N, q, Q) and fields (n, Q) of n ``rows`` in the padded layout."""
    sites = data.sequences.shape[1]
    width = padded(data.states)
    return (
        np.zeros((rows, sites, data.states, width), backend.dtype),
        np.zeros((rows, width), backend.dtype),
    )


@_QUIET
def _descend(
    rows: slice,
    data: Columns,
    backend: Backend,
    inverse_temperature: float,
    rate: float,
    epochs: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Couplings, fields and loss; each site runs all its epochs by itself, in cache."""
    count, sites = data.sequences.shape
    own = range(sites)[rows]
    table, field = zeros(data, len(own), backend)
    weights = np.ones(count, backend.dtype)
    step, scale = np.array([rate / (count * sites), inverse_temperature], table.dtype)

    def train(row: int) -> np.ndarray:
        losses = np.empty(epochs)
        space = workspace(data, backend.dtype)
        couplings = table[row].reshape(space.couplings.shape)
        _descend_row(data, own[row], space, couplings, field[row], weights, scale, step, losses)
        return losses

    with Workers() as workers:
        found = checkpoints.pieces(train, range(len(own)), table, field, workers=workers)
    losses = np.sum(found, axis=0) / (count * len(own))
    return table, field, losses


@compiled
def _descend_row(
    data: Any,
    site: int,
    space: Any,
    couplings: Any,
    field: Any,
    weights: Any,
    inverse_temperature: Any,
    step: Any,
    losses: Any,
) -> None:
    """Descend the couplings (N q, Q) and field (Q,) of one site; fills its ``losses``."""
    slope, field_slope = np.empty_like(couplings), np.empty_like(field)
    for epoch in range(len(losses)):
        space.couplings[:] = couplings
        losses[epoch] = pseudo_likelihood(
            *(data, site, space, field, weights, inverse_temperature, slope, field_slope)
        )
        couplings -= step * slope
        field -= step * field_slope


@_QUIET
def _descend_symmetric(
    data: Columns, backend: Backend, inverse_temperature: float, rate: float, epochs: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same with tied couplings: all sites take an epoch together."""
    count, sites = data.sequences.shape
    table, field = zeros(data, sites, backend)
    slopes, field_slopes = np.empty_like(table), np.empty_like(field)
    weights = np.ones(count, backend.dtype)
    step, scale = np.array([rate / (count * sites), inverse_temperature], table.dtype)
    parts, losses = np.empty(sites), np.empty(epochs)
    rows = (sites, -1, table.shape[-1])

    def evaluate(share: tuple[np.ndarray, Workspace]) -> None:
        pseudo_likelihoods(
            *(data, *share, table.reshape(rows), field, weights, scale),
            *(slopes.reshape(rows), field_slopes, parts),
        )

    with Workers() as workers:
        shares = [(own, workspace(data, backend.dtype)) for own in workers.shares(sites)]
        for epoch in checkpoints.over(range(epochs), table, field, losses):
            workers.map(evaluate, shares)
            losses[epoch] = parts.sum() / (count * sites)
            symmetrise(slopes)
            slopes *= step
            table -= slopes
            field -= step * field_slopes
    return table, field, losses


@njit(nogil=True, cache=True)
def symmetrise(table: np.ndarray) -> None:
    """Replace (N, N, q, Q) in place by the mean of itself and its transpose.

    The transpose swaps the two sites and the two colours: [i, j, b, a] and [j, i, a, b].
    """
    sites, _, states, _ = table.shape
    for i in range(sites):
        for j in range(i):
            for b in range(states):
                for a in range(states):
                    mean = (table[i, j, b, a] + table[j, i, a, b]) / 2
                    table[i, j, b, a] = mean
                    table[j, i, a, b] = mean
