"""Gradient descent on the pseudo-likelihood, directly on the couplings.

Works on a block of rows: rows of asymmetric couplings are independent problems, one logistic
regression a site. Leading axes (replicates) are optional and shared by all arrays.
"""

from __future__ import annotations

from typing import Any

from plmemory.backend import Backend


class DirectRows:
    """Rows ``first`` ... ``first + n`` of the couplings, descended in place.

    couplings: (..., n, N) on the device, zero on the diagonal J_ii; changed in place.
    patterns: (..., P, N) on the device; only read.
    symmetric, clip_norm: replace the gradient G by (G + G^T)/2, the gradient under J = J^T; then
        shorten it to the Frobenius norm ``clip_norm`` where it is longer. Both need all rows.
    batch: patterns of one step; the last batch of an epoch may be shorter.
    block: patterns whose fields are held at once (bounds the memory, keeps to the cache).
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
        block: int,
        backend: Backend,
    ) -> None:
        self.couplings = couplings
        self.patterns = patterns
        self.inverse_temperature = inverse_temperature
        self.l2 = l2
        self.symmetric = symmetric
        self.clip_norm = clip_norm
        self.batch = batch
        self.block = min(block, batch)
        self.xp = backend.xp
        self.rows = slice(first, first + couplings.shape[-2])
        self._gradient = backend.empty(tuple(couplings.shape))
        self._scaled = backend.empty(tuple(couplings.shape))
        self._part = backend.empty(tuple(couplings.shape))
        self._fields = backend.empty((*couplings.shape[:-2], self.block, couplings.shape[-2]))

    def epoch(self, rate: float) -> None:
        """One pass over the patterns, a step of J <- J - rate * gradient for every batch."""
        count = self.patterns.shape[-2]
        for begin in range(0, count, self.batch):
            gradient = self.gradient(begin, min(begin + self.batch, count))
            self.xp.multiply(gradient, rate, out=gradient)
            self.xp.subtract(self.couplings, gradient, out=self.couplings)

    def gradient(self, begin: int, end: int) -> Any:
        """Gradient of the loss over the patterns ``begin`` ... ``end``, zero on the diagonal.

        -(1/(B N)) sum_mu (xi_i - tanh(lambda h_i)) xi_j + (l2/N) J_ij; a buffer of this object.
        """
        xp = self.xp
        sites = self.patterns.shape[-1]
        xp.multiply(self.couplings, self.inverse_temperature, out=self._scaled)
        for start in range(begin, end, self.block):
            patterns = self.patterns[..., start : min(start + self.block, end), :]
            fields = self._fields[..., : patterns.shape[-2], :]
            xp.matmul(patterns, xp.swapaxes(self._scaled, -1, -2), out=fields)
            xp.tanh(fields, out=fields)
            xp.subtract(fields, patterns[..., self.rows], out=fields)
            target = self._gradient if start == begin else self._part
            xp.matmul(xp.swapaxes(fields, -1, -2), patterns, out=target)
            if start > begin:
                xp.add(self._gradient, self._part, out=self._gradient)
        xp.multiply(self._gradient, 1.0 / ((end - begin) * sites), out=self._gradient)
        if self.l2 > 0:
            xp.multiply(self.couplings, self.l2 / sites, out=self._part)
            xp.add(self._gradient, self._part, out=self._gradient)
        zero_diagonal(self._gradient, self.rows.start)
        if self.symmetric:
            self._part[...] = xp.swapaxes(self._gradient, -1, -2)
            xp.add(self._gradient, self._part, out=self._gradient)
            xp.multiply(self._gradient, 0.5, out=self._gradient)
        if self.clip_norm is not None:
            xp.multiply(self._gradient, self._gradient, out=self._part)
            norms = xp.sqrt(xp.sum(self._part, axis=(-2, -1), keepdims=True))
            factors = self.clip_norm / xp.clip(norms, self.clip_norm, None)
            xp.multiply(self._gradient, factors, out=self._gradient)
        return self._gradient


def zero_diagonal(rows: Any, first: int) -> None:
    """Set J_ii = 0 in rows ``first`` ... of contiguous couplings (..., n, N), in place."""
    count, sites = rows.shape[-2:]
    rows.reshape(-1, count * sites)[:, first :: sites + 1] = 0.0
