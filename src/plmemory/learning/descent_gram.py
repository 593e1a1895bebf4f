"""Full-batch gradient descent on the pseudo-likelihood in the span of the patterns.

All gradients of row i are combinations of the patterns with entry i removed, so the couplings stay
J_i = (initial J_i, shrunk by the L2 term) + sum_mu A_i^mu xi^mu without entry i. With the overlaps
K = X X^T of the patterns the fields are H = A K - X^T o rowsum(A o X^T), and one step on A costs
one N x P x P product instead of two N x N x P.
"""

from __future__ import annotations

from typing import Any

from plmemory.backend import Backend
from plmemory.learning.descent_direct import zero_diagonal


class GramRows:
    """Rows ``first`` ... ``first + n`` of the couplings, descended by their coefficients A.

    couplings: (..., n, N) on the device, zero on the diagonal; where the descent starts, and where
        ``update_couplings`` writes. With ``hebb`` they are Hebb's, thus in the span: A = X^T / N.
    patterns: (..., P, N) on the device; gram: (..., P, P), their products X X^T.
    """

    def __init__(
        self,
        couplings: Any,
        patterns: Any,
        gram: Any,
        first: int,
        *,
        hebb: bool,
        inverse_temperature: float,
        l2: float,
        backend: Backend,
    ) -> None:
        xp = backend.xp
        self.couplings = couplings
        self.patterns = patterns
        self.gram = gram
        self.inverse_temperature = inverse_temperature
        self.l2 = l2
        self.xp = xp
        self.first = first
        rows = couplings.shape[-2]
        shape = (*couplings.shape[:-1], patterns.shape[-2])
        self._spins = backend.empty(shape)
        self._spins[...] = xp.swapaxes(patterns[..., first : first + rows], -1, -2)
        self._coefficients = backend.zeros(shape)
        if hebb:
            xp.multiply(self._spins, 1.0 / couplings.shape[-1], out=self._coefficients)
        self._fields = backend.empty(shape)
        self._work = backend.empty(shape)
        self._sums = backend.empty((*shape[:-1], 1))
        # A start that need not lie in the span, and its fields: learning only shrinks them (L2).
        self._start = None
        if not hebb and bool((couplings != 0).any()):
            self._start = backend.empty(tuple(couplings.shape))
            self._start[...] = couplings
            self._start_fields = backend.empty(shape)
            xp.matmul(couplings, xp.swapaxes(patterns, -1, -2), out=self._start_fields)

    def epoch(self, rate: float) -> None:
        """One step A <- A + (rate/(P N)) (X^T - tanh(lambda H)), with L2 shrinking J first."""
        xp = self.xp
        count, sites = self.patterns.shape[-2:]
        fields, work, spins = self._fields, self._work, self._spins
        xp.matmul(self._coefficients, self.gram, out=fields)
        xp.multiply(self._coefficients, spins, out=work)
        xp.sum(work, axis=-1, keepdims=True, out=self._sums)
        xp.multiply(spins, self._sums, out=work)
        xp.subtract(fields, work, out=fields)
        if self._start is not None:
            xp.add(fields, self._start_fields, out=fields)
        xp.multiply(fields, self.inverse_temperature, out=fields)
        xp.tanh(fields, out=fields)
        xp.subtract(spins, fields, out=fields)
        xp.multiply(fields, rate / (count * sites), out=fields)
        if self.l2 > 0:
            self._shrink(1.0 - rate * self.l2 / sites)
        xp.add(self._coefficients, fields, out=self._coefficients)

    def _shrink(self, factor: float) -> None:
        self.xp.multiply(self._coefficients, factor, out=self._coefficients)
        if self._start is not None:
            self.xp.multiply(self._start, factor, out=self._start)
            self.xp.multiply(self._start_fields, factor, out=self._start_fields)

    def update_couplings(self) -> None:
        """Write the couplings that the coefficients stand for."""
        self.xp.matmul(self._coefficients, self.patterns, out=self.couplings)
        if self._start is not None:
            self.xp.add(self.couplings, self._start, out=self.couplings)
        zero_diagonal(self.couplings, self.first)
