"""Full-batch gradient descent on the pseudo-likelihood in the span of the patterns.

All gradients of row i are combinations of the patterns with entry i removed, so at all times J_i =
(initial J_i, shrunk by the L2 term) + sum_mu x_i^mu xi_i^mu xi^mu without entry i: x is the
embedding strength of pattern mu at site i. With A = x o X^T and the overlaps K = X X^T of the
patterns the aligned fields are xi_i h_i = X^T o (A K) - rowsum(x), and the gradient step is x <- x
+ (rate/(P N)) (1 - tanh(lambda xi_i h_i)): one N x P x P product a step, against two N x N x P on
the couplings themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np

from plmemory.learning.pseudo_likelihood.direct import zero_diagonal
from plmemory.machine.backend import Backend
from plmemory.networks.ising import couplings as measures


class GramRows:
    """Rows ``first`` ... ``first + n`` of the couplings, descended by their embedding strengths.

    couplings: (..., n, N) on the device, zero on the diagonal; where the descent starts, and where
        ``update_couplings`` writes. With ``hebb`` they are Hebb's, thus in the span: x = 1/N.
    patterns: (..., P, N) on the device; gram: (..., P, P), their products 2 lambda X X^T.
    kernels: the module ``logistic``, if its compiled loops are to be used.
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
        kernels: ModuleType | None,
        backend: Backend,
    ) -> None:
        xp = backend.xp
        self._couplings = couplings
        self._patterns = patterns
        self._gram = gram
        self._twice = 2.0 * inverse_temperature
        self._l2 = l2
        self._kernels = kernels
        self._xp = xp
        self._backend = backend
        self._first = first
        rows = couplings.shape[-2]
        shape = (*couplings.shape[:-1], patterns.shape[-2])
        self._spins = backend.empty(shape)
        self._spins[...] = xp.swapaxes(patterns[..., first : first + rows], -1, -2)
        self._strengths = backend.zeros(shape)
        if hebb:
            self._strengths[...] = 1.0 / couplings.shape[-1]
        # A = x o X^T, kept up to date with the strengths.
        self._embedded = backend.empty(shape)
        xp.multiply(self._strengths, self._spins, out=self._embedded)
        self._margins = backend.empty(shape)
        self._sums = backend.empty((*shape[:-1], 1))
        # Contribution of a unit strength to the margin from the site itself, to be subtracted.
        self._own = backend.zeros((shape[-1], 1)) + 2.0 * inverse_temperature
        # A start outside the span, and its margins: learning only shrinks them.
        self._start = self._start_margins = None
        if not hebb and bool((couplings != 0).any()):
            self._start = backend.empty(tuple(couplings.shape))
            self._start[...] = couplings
            self._start_margins = backend.empty(shape)
            xp.matmul(couplings, xp.swapaxes(patterns, -1, -2), out=self._start_margins)
            xp.multiply(self._start_margins, self._spins, out=self._start_margins)
            xp.multiply(self._start_margins, self._twice, out=self._start_margins)
        changing = [self._strengths, self._embedded, self._start, self._start_margins]
        self.state = [array for array in changing if array is not None]  # what steps pass on

    def advance(self, rates: Sequence[float]) -> None:
        """One step on the loss of all patterns for every learning rate."""
        with np.errstate(over="ignore", invalid="ignore"):
            for rate in rates:
                self._step(rate)

    def measure(self) -> tuple[np.ndarray, np.ndarray]:
        """Sum of the losses over patterns and rows (...), and smallest margins of rows (..., n).

        The margins are 2 lambda xi h, the losses lambda times those of the margins.
        """
        xp, host = self._xp, self._backend.to_numpy
        with np.errstate(over="ignore", invalid="ignore"):
            self._find_margins()
            smallest = host(xp.amin(self._margins, -1))
            return host(
                xp.sum(measures.losses(self._margins, xp), axis=(-2, -1), dtype=xp.float64)
            ), smallest

    def _find_margins(self) -> None:
        """The margins 2 lambda xi h, from the embedding strengths."""
        xp, margins = self._xp, self._margins
        self._find_products()
        xp.multiply(margins, self._spins, out=margins)
        xp.subtract(margins, self._sums, out=margins)
        if self._start is not None:
            xp.add(margins, self._start_margins, out=margins)

    def _find_products(self) -> None:
        """2 lambda A K, in place of the margins, and the contribution of a site to itself."""
        self._xp.matmul(self._embedded, self._gram, out=self._margins)
        self._xp.matmul(self._strengths, self._own, out=self._sums)

    def _step(self, rate: float) -> None:
        count, sites = self._patterns.shape[-2:]
        step = 2.0 * rate / (count * sites)
        factor = 1.0 - rate * self._l2 / sites
        if self._kernels is None:
            self._strengthen(factor, step)
        else:
            self._find_products()
            number = self._strengths.dtype.type
            self._kernels.strengthen(
                self._strengths,
                self._embedded,
                self._margins,
                self._spins,
                self._sums,
                self._start_margins,
                number(factor),
                number(step),
            )
        if self._start is not None and self._l2 > 0:
            self._xp.multiply(self._start, factor, out=self._start)
            self._xp.multiply(self._start_margins, factor, out=self._start_margins)

    def _strengthen(self, factor: float, step: float) -> None:
        """The same as ``logistic.strengthen``, by operations on whole arrays."""
        xp, margins = self._xp, self._margins
        self._find_margins()
        xp.exp(margins, out=margins)
        xp.add(margins, 1.0, out=margins)
        xp.divide(step, margins, out=margins)
        if self._l2 > 0:
            xp.multiply(self._strengths, factor, out=self._strengths)
        xp.add(self._strengths, margins, out=self._strengths)
        xp.multiply(self._strengths, self._spins, out=self._embedded)

    def update_couplings(self) -> None:
        """Write the couplings that belong to the embedding strengths."""
        with np.errstate(over="ignore", invalid="ignore"):
            self._xp.matmul(self._embedded, self._patterns, out=self._couplings)
        if self._start is not None:
            self._xp.add(self._couplings, self._start, out=self._couplings)
        zero_diagonal(self._couplings, self._first)
