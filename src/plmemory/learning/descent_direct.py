"""Gradient descent on the pseudo-likelihood, directly on the couplings.

The patterns of a step are dealt out to lanes, which find their parts of the gradient at the same
time. Leading axes (replicates) are optional and shared by all arrays.
"""

from __future__ import annotations

import itertools
import math
from types import ModuleType
from typing import Any

import numpy as np

from plmemory.backend import Backend
from plmemory.learning import measures

# Fewest patterns of a lane (or N), and most lanes. How the patterns are dealt out depends on these
# and never on the number of cores, so neither does the rounding.
SHARE = 256
LANES = 16
# Elements of the local fields that a lane holds at once, and (on a CPU) those whose elementwise
# arithmetic is done together: they stay in the cache of a core.
HELD = {"cpu": 1 << 16, "cuda": 1 << 28}
CACHED = 1 << 16


class Lane:
    """A part of the patterns of a step, and the sum over them that makes their gradient."""

    def __init__(
        self,
        shape: tuple[int, ...],
        chunk: int,
        kernels: ModuleType | None,
        backend: Backend,
    ) -> None:
        *leading, sites, _ = shape
        self.total = backend.empty(shape)
        self._part = backend.empty(shape)
        self._fields = backend.empty((*leading, chunk, sites))
        self._chunk = chunk
        self._stride = max(1, CACHED // sites) if backend.xp is np else chunk
        self._kernels = kernels
        self._xp = backend.xp
        self._backend = backend

    def update(self, patterns: Any, scaled: Any) -> None:
        """Set ``total`` to sum_mu (xi_i - tanh(lambda h_i)) xi_j / 2.

        patterns: (..., P, N); scaled: 2 lambda J, (..., N, N).
        """
        xp = self._xp
        for start in range(0, patterns.shape[-2], self._chunk):
            part = patterns[..., start : start + self._chunk, :]
            fields = self._find_fields(part, scaled)
            if self._kernels is None:
                half_residuals(fields, part, self._stride, xp)
            else:
                self._kernels.half_residuals(fields, part)
            xp.matmul(xp.swapaxes(fields, -1, -2), part, out=self._part if start else self.total)
            if start:
                xp.add(self.total, self._part, out=self.total)

    def measure(self, patterns: Any, scaled: Any) -> tuple[np.ndarray, np.ndarray]:
        """Sum of the losses over patterns and sites (...), smallest margins of sites (..., N).

        The margins are 2 lambda xi h, the losses lambda times those of the margins.
        """
        xp, host = self._xp, self._backend.to_numpy
        sums, smallest = [], []
        for start in range(0, patterns.shape[-2], self._chunk):
            part = patterns[..., start : start + self._chunk, :]
            margins = self._find_fields(part, scaled)
            xp.multiply(margins, part, out=margins)
            smallest.append(host(xp.amin(margins, -2)))
            sums.append(host(xp.sum(measures.losses(margins, xp), axis=(-2, -1), dtype=xp.float64)))
        return np.sum(sums, axis=0), np.min(smallest, axis=0)

    def _find_fields(self, patterns: Any, scaled: Any) -> Any:
        fields = self._fields[..., : patterns.shape[-2], :]
        return self._xp.matmul(patterns, self._xp.swapaxes(scaled, -1, -2), out=fields)


class DirectDescent:
    """Couplings (..., N, N) on the device, zero on the diagonal, descended as 2 lambda J.

    patterns: (..., P, N) on the device; only read.
    batch: most patterns of one step.
    kernels: the module ``logistic``, if its compiled loops are to be used.
    symmetric, clip_norm: replace the gradient G by (G + G^T)/2; then shorten it to the Frobenius
        norm ``clip_norm`` where it is longer.
    """

    def __init__(
        self,
        couplings: Any,
        patterns: Any,
        *,
        inverse_temperature: float,
        l2: float,
        symmetric: bool,
        clip_norm: float | None,
        batch: int,
        kernels: ModuleType | None,
        backend: Backend,
    ) -> None:
        shape = tuple(couplings.shape)
        sites = shape[-1]
        self._couplings = couplings
        self._patterns = patterns
        self._twice = 2.0 * inverse_temperature
        self._l2 = l2
        self._symmetric = symmetric
        self._clip_norm = clip_norm
        self._xp = backend.xp
        lanes = 1
        if backend.xp is np:
            shares = min(LANES, batch // max(SHARE, sites))
            lanes = 1 << max(0, shares.bit_length() - 1)  # a power of two, as cores mostly are
        held = HELD[backend.device] // (sites * math.prod(shape[:-2]))
        chunk = min(-(-batch // lanes), max(held, sites))
        self._lanes = [Lane(shape, chunk, kernels, backend) for _ in range(lanes)]
        self._scaled = backend.empty(shape)
        self._work = backend.empty(shape)
        backend.xp.multiply(couplings, self._twice, out=self._scaled)

    def shares(self, begin: int, end: int) -> list[tuple[Lane, int, int]]:
        """The lanes with the patterns of each for a step on the patterns ``begin`` ... ``end``."""
        count = len(self._lanes)
        edges = [begin + (end - begin) * lane // count for lane in range(count + 1)]
        return [
            (lane, *edge) for lane, edge in zip(self._lanes, itertools.pairwise(edges), strict=True)
        ]

    @property
    def blocks(self) -> list[slice]:
        """Rows of the couplings on which ``step`` may be called at the same time."""
        sites = self._couplings.shape[-1]
        if self._xp is not np or sites < SHARE or self._symmetric or self._clip_norm is not None:
            return [slice(0, sites)]
        return [slice(begin, min(begin + SHARE, sites)) for begin in range(0, sites, SHARE)]

    def update(self, lane: Lane, begin: int, end: int) -> None:
        """Let a lane do its share of a step; lanes may do so at the same time."""
        with np.errstate(over="ignore", invalid="ignore"):
            lane.update(self._patterns[..., begin:end, :], self._scaled)

    def measure(self, lane: Lane, begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        """Let a lane measure its share of the patterns; lanes may do so at the same time."""
        with np.errstate(over="ignore", invalid="ignore"):
            return lane.measure(self._patterns[..., begin:end, :], self._scaled)

    def step(self, rows: slice, rate: float, count: int) -> None:
        """J <- J - rate * G in some ``blocks``, after all lanes did their shares of a step.

        G = -(1/(B N)) sum_mu (xi_i - tanh(lambda h_i)) xi_j + (l2/N) J_ij, zero on the diagonal;
        B: the ``count`` patterns of the step.
        """
        xp, scaled = self._xp, self._scaled[..., rows, :]
        change, *others = (lane.total[..., rows, :] for lane in self._lanes)
        sites = change.shape[-1]
        with np.errstate(over="ignore", invalid="ignore"):
            for other in others:
                xp.add(change, other, out=change)
            xp.multiply(change, self._twice * rate * 2.0 / (count * sites), out=change)
            zero_diagonal(change, rows.start)
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


def half_residuals(fields: Any, spins: Any, stride: int, xp: Any) -> None:
    """The same as ``logistic.half_residuals``, by operations on whole arrays (..., P, N).

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
