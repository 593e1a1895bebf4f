"""Gradient descent on the pseudo-likelihood, directly on the couplings.

The sums over patterns in the gradient are computed in parallel pieces: by matrix products for parts
of the patterns (lanes), or by compiled tables for blocks of sites. Leading axes (replicates) are
optional with matrix products, and shared by all arrays.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from plmemory.machine.backend import Backend
from plmemory.networks.ising import couplings as measures

# Fewest patterns of a lane (or N), and most lanes. The division of the patterns depends on these
# and never on the number of cores, and so does the rounding.
SHARE = 256
LANES = 16
# Elements of the local fields that a lane computes at once, and (on a CPU) those whose elementwise
# arithmetic is done together: they fit into the cache of a core.
HELD = {"cpu": 1 << 16, "cuda": 1 << 28}
CACHED = 1 << 16
# Spins converted to real numbers at a time, on a CPU.
NUMBERS = 1 << 22


class Lane:
    """A part of the patterns of a step, and the sum over them that makes their gradient."""

    def __init__(self, shape: tuple[int, ...], rows: slice, chunk: int, backend: Backend) -> None:
        *leading, count, _ = shape
        self.total = backend.empty(shape)
        self._rows = rows
        self._part = backend.empty(shape)
        self._fields = backend.empty((*leading, chunk, count))
        self._chunk = chunk
        self._stride = max(1, CACHED // count) if backend.xp is np else chunk
        self._backend = backend
        self._xp = backend.xp

    def update(self, patterns: Any, scaled: Any) -> None:
        """Set ``total`` to sum_mu (xi_i - tanh(lambda h_i)) xi_j / 2 in its rows i.

        patterns: (..., P, N); scaled: 2 lambda J, (..., n, N).
        """
        xp = self._xp
        with np.errstate(over="ignore", invalid="ignore"):
            for start in range(0, patterns.shape[-2], self._chunk):
                part = real(patterns[..., start : start + self._chunk, :], self._backend)
                fields = self._fields[..., : part.shape[-2], :]
                xp.matmul(part, xp.swapaxes(scaled, -1, -2), out=fields)
                half_residuals(fields, part[..., self._rows], self._stride, xp)
                sums = self._part if start else self.total
                xp.matmul(xp.swapaxes(fields, -1, -2), part, out=sums)
                if start:
                    xp.add(self.total, sums, out=self.total)


class DirectDescent:
    """Rows of couplings (..., n, N) on the device, zero on the diagonal, descended as 2 lambda J.

    Methods that return pieces of work return pieces that may run in parallel.

    patterns: (..., P, N) on the device, or on a CPU of any type; only read.
    first: the number of the first row; all N are there with ``symmetric``.
    batch: largest number of patterns in one step.
    tables: the module ``sign_tables``, if it replaces matrix products; then there are no leading
    axes, and ``encode`` must run before the first step and whenever the patterns changed.
    symmetric, clip_norm: replace the gradient G by (G + G^T)/2; then shorten it to the Frobenius
    norm ``clip_norm`` if it is longer.
    """

    def __init__(
        self,
        couplings: Any,
        patterns: Any,
        first: int,
        *,
        inverse_temperature: float,
        l2: float,
        symmetric: bool,
        clip_norm: float | None,
        batch: int,
        tables: ModuleType | None,
        backend: Backend,
    ) -> None:
        shape = tuple(couplings.shape)
        sites = shape[-1]
        self._couplings = couplings
        self._patterns = patterns
        self._rows = slice(first, first + shape[-2])
        self._twice = 2.0 * inverse_temperature
        self._l2 = l2
        self._symmetric = symmetric
        self._clip_norm = clip_norm
        self._tables = tables
        self._codes: dict[int, Any] = {}
        self._backend = backend
        self._xp = backend.xp
        lanes = 1
        if backend.xp is np:
            shares = min(LANES, batch // max(SHARE, sites))
            lanes = 1 << max(0, shares.bit_length() - 1)  # a power of two, as cores mostly are
        held = HELD[backend.device] // (sites * math.prod(shape[:-2]))
        self._chunk = min(-(-batch // lanes), max(held, shape[-2]))
        self._lanes: list[Lane] = []
        if tables is None:
            self._lanes = [Lane(shape, self._rows, self._chunk, backend) for _ in range(lanes)]
            self._totals = [lane.total for lane in self._lanes]
        else:
            self._totals = [backend.empty(shape)]
        self._scaled = backend.empty(shape)
        self._work = backend.empty(shape)
        backend.xp.multiply(couplings, self._twice, out=self._scaled)
        self.state = [self._scaled]  # what steps pass on

    def encode(self, batches: Iterable[tuple[int, int]]) -> list[Callable[[], None]]:
        """Pieces of work that prepare the patterns of steps, ``begin`` ... ``end``, for the tables.

        Without tables there is nothing to do.
        """
        if self._tables is None:
            return []
        return [partial(self._encode, begin, end) for begin, end in batches]

    def update(self, begin: int, end: int) -> list[Callable[[], None]]:
        """Pieces of work that compute the sums of a step on the patterns ``begin`` ... ``end``."""
        if self._tables is not None:
            codes = self._codes[begin]
            return [
                partial(self._tables.add_up, codes, block, self._scaled, self._totals[0])
                for block in range(len(codes.spins))
            ]
        count = len(self._lanes)
        edges = [begin + (end - begin) * lane // count for lane in range(count + 1)]
        return [
            partial(lane.update, self._patterns[..., first:last, :], self._scaled)
            for lane, (first, last) in zip(self._lanes, itertools.pairwise(edges), strict=True)
        ]

    def step(self, rate: float, count: int) -> list[Callable[[], None]]:
        """Pieces of work that take a step along the sums over ``count`` patterns."""
        all_rows = self._couplings.shape[-2]
        if self._xp is not np or all_rows < SHARE or self._symmetric or self._clip_norm is not None:
            return [partial(self._step, slice(0, all_rows), rate, count)]
        edges = range(0, all_rows, SHARE)
        blocks = [slice(begin, min(begin + SHARE, all_rows)) for begin in edges]
        return [partial(self._step, rows, rate, count) for rows in blocks]

    def measure(self) -> list[Callable[[], tuple[np.ndarray, np.ndarray]]]:
        """Pieces of work, one for each part of the patterns.

        Each returns the sum of the losses over patterns and rows (...), and the smallest margins
        of rows (..., n). The margins are 2 lambda xi h, the losses lambda times those of the
        margins.
        """
        count = self._patterns.shape[-2]
        starts = range(0, count, self._chunk)
        return [partial(self._measure, begin, min(begin + self._chunk, count)) for begin in starts]

    def _encode(self, begin: int, end: int) -> None:
        assert self._tables is not None
        self._codes[begin] = self._tables.encode(self._patterns[begin:end], self._rows)

    def _measure(self, begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        xp, host = self._xp, self._backend.to_numpy
        part = real(self._patterns[..., begin:end, :], self._backend)
        with np.errstate(over="ignore", invalid="ignore"):
            margins = xp.matmul(part, xp.swapaxes(self._scaled, -1, -2))
            xp.multiply(margins, part[..., self._rows], out=margins)
            losses = xp.sum(measures.losses(margins, xp), axis=(-2, -1), dtype=xp.float64)
            return host(losses), host(xp.amin(margins, -2))

    def _step(self, rows: slice, rate: float, count: int) -> None:
        """J <- J - rate * G in some rows.

        G = -(1/(B N)) sum_mu (xi_i - tanh(lambda h_i)) xi_j + (l2/N) J_ij, zero on the diagonal;
        B: the ``count`` patterns of the step.
        """
        xp, scaled = self._xp, self._scaled[..., rows, :]
        change, *others = (total[..., rows, :] for total in self._totals)
        sites = change.shape[-1]
        with np.errstate(over="ignore", invalid="ignore"):
            for other in others:
                xp.add(change, other, out=change)
            xp.multiply(change, self._twice * rate * 2.0 / (count * sites), out=change)
            zero_diagonal(change, self._rows.start + rows.start)
            if self._l2 > 0:
                work = self._work[..., rows, :]
                xp.multiply(scaled, rate * self._l2 / sites, out=work)
                xp.subtract(change, work, out=change)
            if self._symmetric:
                self._work[...] = xp.swapaxes(change, -1, -2)
                xp.add(change, self._work, out=change)
                xp.multiply(change, 0.5, out=change)
            if self._clip_norm is not None:
                xp.multiply(change, change, out=self._work)
                norms = xp.sqrt(xp.sum(self._work, axis=(-2, -1), keepdims=True))
                longest = self._twice * rate * self._clip_norm
                xp.multiply(change, longest / xp.clip(norms, longest, None), out=change)
            xp.add(scaled, change, out=scaled)

    def update_couplings(self) -> None:
        """Write the couplings."""
        self._xp.divide(self._scaled, self._twice, out=self._couplings)


def real(spins: Any, backend: Backend) -> Any:
    """Spins as real numbers; on a GPU they already are."""
    return np.asarray(spins, backend.dtype) if backend.xp is np else spins


def half_residuals(fields: Any, spins: Any, stride: int, xp: Any) -> None:
    """Turn 2 lambda h_i (..., P, N) in place into (xi_i - tanh(lambda h_i)) / 2.

    1 - tanh(z/2) = 2 / (1 + exp(z)) keeps its relative precision where tanh is one to rounding.
    ``stride``: patterns whose arithmetic is done together.
    """
    for begin in range(0, fields.shape[-2], stride):
        part = fields[..., begin : begin + stride, :]
        signs = spins[..., begin : begin + stride, :]
        xp.multiply(part, signs, out=part)
        xp.exp(part, out=part)
        xp.add(part, 1.0, out=part)
        xp.divide(signs, part, out=part)


def zero_diagonal(rows: Any, first: int) -> None:
    """Set J_ii = 0 in rows ``first`` ... of contiguous couplings (..., n, N), in place."""
    count, sites = rows.shape[-2:]
    rows.reshape(-1, count * sites)[:, first :: sites + 1] = 0.0
