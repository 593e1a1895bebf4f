"""Gradient descent on the pseudo-likelihood, directly on the couplings.

Works on blocks of rows: rows of asymmetric couplings are independent problems, one logistic
regression a site. Leading axes (replicates) are optional and shared by all arrays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from plmemory.backend import Backend
from plmemory.workers import Workers

# Elements whose elementwise arithmetic is done at once: they stay in the cache of a CPU core.
CACHED = 1 << 16


class DirectRows:
    """Rows ``first`` ... ``first + n`` of the couplings.

    couplings: (..., n, N) on the device, zero on the diagonal J_ii.
    patterns: (..., P, N) on the device; only read.
    batch: patterns of one step; the last step of an epoch may have fewer.
    held: elements of the local fields held at once; bounds the memory.
    """

    def __init__(
        self,
        couplings: Any,
        patterns: Any,
        first: int,
        *,
        inverse_temperature: float,
        l2: float,
        batch: int,
        held: int,
        backend: Backend,
    ) -> None:
        *leading, rows, _ = couplings.shape
        self.couplings = couplings
        self.gradient = backend.empty(tuple(couplings.shape))
        self.first = first
        self._patterns = patterns
        self._inverse_temperature = inverse_temperature
        self._l2 = l2
        self._batch = batch
        self._xp = backend.xp
        self._scaled = backend.empty(tuple(couplings.shape))
        self._part = backend.empty(tuple(couplings.shape))
        self._chunk = min(batch, max(1, held // (rows * math.prod(leading))))
        self._fields = backend.empty((*leading, self._chunk, rows))
        self._stride = max(1, CACHED // rows) if backend.xp is np else self._chunk

    def advance(self, rates: Sequence[float]) -> None:
        """One epoch for every learning rate: a step J <- J - rate * gradient for every batch."""
        count = self._patterns.shape[-2]
        with np.errstate(over="ignore", invalid="ignore"):
            for rate in rates:
                for begin in range(0, count, self._batch):
                    self.update_gradient(begin, min(begin + self._batch, count))
                    self._xp.multiply(self.gradient, rate, out=self.gradient)
                    self._xp.subtract(self.couplings, self.gradient, out=self.couplings)

    def update_gradient(self, begin: int, end: int) -> None:
        """Set ``gradient`` to that of the loss over the patterns ``begin`` ... ``end``.

        -(1/(B N)) sum_mu (xi_i - tanh(lambda h_i)) xi_j + (l2/N) J_ij, and zero on the diagonal.
        """
        xp = self._xp
        sites = self._patterns.shape[-1]
        rows = slice(self.first, self.first + self.couplings.shape[-2])
        xp.multiply(self.couplings, 2.0 * self._inverse_temperature, out=self._scaled)
        for start in range(begin, end, self._chunk):
            patterns = self._patterns[..., start : min(start + self._chunk, end), :]
            fields = self._fields[..., : patterns.shape[-2], :]
            xp.matmul(patterns, xp.swapaxes(self._scaled, -1, -2), out=fields)
            half_residuals(fields, patterns[..., rows], self._stride, xp)
            target = self.gradient if start == begin else self._part
            xp.matmul(xp.swapaxes(fields, -1, -2), patterns, out=target)
            if start > begin:
                xp.add(self.gradient, self._part, out=self.gradient)
        xp.multiply(self.gradient, -2.0 / ((end - begin) * sites), out=self.gradient)
        if self._l2 > 0:
            xp.multiply(self.couplings, self._l2 / sites, out=self._part)
            xp.add(self.gradient, self._part, out=self.gradient)
        zero_diagonal(self.gradient, self.first)


class CoupledRows:
    """All rows of the couplings where they are not independent: symmetric, or clipped as a whole.

    blocks: the rows in order, disjoint; each step finds their gradients G side by side, replaces G
        by (G + G^T)/2 if ``symmetric``, and shortens it to the Frobenius norm ``clip_norm`` if it
        is longer.
    """

    def __init__(
        self,
        blocks: Sequence[DirectRows],
        *,
        symmetric: bool,
        clip_norm: float | None,
        count: int,
        batch: int,
        workers: Workers,
        backend: Backend,
    ) -> None:
        self._blocks = blocks
        self._symmetric = symmetric
        self._clip_norm = clip_norm
        self._starts = [(b, min(b + batch, count)) for b in range(0, count, batch)]
        self._workers = workers
        self._xp = backend.xp
        shape = (*blocks[0].couplings.shape[:-2], *(2 * blocks[0].couplings.shape[-1:]))
        self._gradient = backend.empty(shape)
        self._work = backend.empty(shape)

    def advance(self, rates: Sequence[float]) -> None:
        """One epoch for every learning rate: a step J <- J - rate * gradient for every batch."""
        with np.errstate(over="ignore", invalid="ignore"):
            for rate in rates:
                for begin, end in self._starts:
                    self._step(begin, end, rate)

    def _step(self, begin: int, end: int, rate: float) -> None:
        xp, gradient = self._xp, self._gradient

        def update(block: DirectRows) -> None:
            with np.errstate(over="ignore", invalid="ignore"):
                block.update_gradient(begin, end)
                self._rows_of(gradient, block)[...] = block.gradient

        self._workers.map(update, self._blocks)
        if self._symmetric:
            self._work[...] = xp.swapaxes(gradient, -1, -2)
            xp.add(gradient, self._work, out=gradient)
            xp.multiply(gradient, 0.5, out=gradient)
        if self._clip_norm is not None:
            xp.multiply(gradient, gradient, out=self._work)
            norms = xp.sqrt(xp.sum(self._work, axis=(-2, -1), keepdims=True))
            xp.multiply(
                gradient, self._clip_norm / xp.clip(norms, self._clip_norm, None), out=gradient
            )
        xp.multiply(gradient, rate, out=gradient)
        for block in self._blocks:
            part = self._rows_of(gradient, block)
            xp.subtract(block.couplings, part, out=block.couplings)

    @staticmethod
    def _rows_of(matrix: Any, block: DirectRows) -> Any:
        return matrix[..., block.first : block.first + block.couplings.shape[-2], :]


def half_residuals(fields: Any, spins: Any, stride: int, xp: Any) -> None:
    """Turn 2 lambda h_i (..., P, n) in place into (xi_i - tanh(lambda h_i)) / 2.

    Written as xi / (1 + exp(2 lambda xi h)), it keeps its relative precision where tanh is one to
    rounding, and ends in an exact zero where the exponential overflows. ``stride``: patterns whose
    arithmetic is done together.
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
