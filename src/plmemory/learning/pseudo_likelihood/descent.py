"""A gradient descent on the pseudo-likelihood, distributed over cores or run on a GPU."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from plmemory.learning.pseudo_likelihood.direct import DirectDescent
from plmemory.learning.pseudo_likelihood.gram import GramRows
from plmemory.machine.backend import Backend
from plmemory.machine.part import within
from plmemory.machine.workers import Workers

# Most rows of a block on a CPU: large enough for matrix products, small enough to distribute.
ROWS = 512


class Settings(NamedTuple):
    """The settings of a descent; see ``pseudo_likelihood.learn`` for their meaning."""

    inverse_temperature: float
    l2: float
    batch: int
    drop_last: bool
    symmetric: bool
    clip_norm: float | None
    gram: bool
    hebb_start: bool
    compiled: bool


class Descent:
    """Descends couplings (R, n, N) in place, on patterns (R, P, N); both on the device.

    The n rows of the couplings are those of ``pieces``, which are distributed.
    On a CPU the replicates are pieces of work. In the span of the patterns they are divided further
    into independent blocks of rows; on the couplings, into lanes of patterns. The division depends
    on the sizes alone, so the result does not depend on the number of cores. On a GPU all
    replicates are one piece.
    """

    def __init__(
        self,
        couplings: Any,
        patterns: Any,
        pieces: list[slice],
        rngs: Sequence[np.random.Generator],
        settings: Settings,
        workers: Workers,
        backend: Backend,
    ) -> None:
        self._couplings = couplings
        self._patterns = patterns
        self._pieces = pieces
        self._rngs = rngs
        self._settings = settings
        self._workers = workers
        self._backend = backend
        count = patterns.shape[1]
        self._stochastic = settings.batch < count
        self._batches = [
            (begin, min(begin + settings.batch, count)) for begin in range(0, count, settings.batch)
        ]
        if settings.drop_last and count % settings.batch:
            self._batches.pop()
        self._shuffled = patterns
        if self._stochastic:
            self._shuffled = backend.xp.empty_like(patterns)
            self._shuffled[...] = patterns
        networks: list[Any] = [slice(None)]
        if backend.xp is np:
            networks = list(range(len(patterns)))
        self._networks = len(networks)
        self._gram: list[GramRows] = []
        self._direct: list[DirectDescent] = []
        if settings.gram:
            self._gram = list(itertools.chain(*workers.map(self._gram_rows, networks)))
        else:
            self._direct = workers.map(self._direct_descent, networks)
            if not self._stochastic:
                self._encode()

    @property
    def state(self) -> list[Any]:
        """All that one epoch passes to the next: arrays on the device, and the generators."""
        parts: list[Any] = [*self._gram, *self._direct]
        return [*itertools.chain(*(part.state for part in parts)), *self._rngs]

    def advance(self, rates: Sequence[float]) -> None:
        """One epoch for every learning rate; with batches the patterns are shuffled before each."""
        if self._gram:
            self._workers.map(lambda rows: rows.advance(rates), self._gram)
            return
        for rate in rates:
            if self._stochastic:
                self._workers.map(self._shuffle, range(len(self._rngs)))
                self._encode()
            for begin, end in self._batches:
                self._step(begin, end, rate)

    def couplings(self) -> np.ndarray:
        """The couplings reached, on the host."""
        self._workers.map(lambda part: part.update_couplings(), [*self._gram, *self._direct])
        return self._backend.to_numpy(self._couplings)

    def measure(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean loss (R,), without the penalty, and smallest aligned field of each row (R, n)."""
        replicates, rows, _ = self._couplings.shape
        count = self._patterns.shape[1]
        if self._gram:
            found = self._workers.map(lambda rows: rows.measure(), self._gram)
        else:
            found = self._do(network.measure() for network in self._direct)
        losses, smallest = [], []
        pieces = len(found) // self._networks
        for first in range(0, len(found), pieces):
            sums, margins = zip(*found[first : first + pieces], strict=True)
            losses.append(np.sum(sums, axis=0))
            if self._gram:  # pieces are rows, else patterns
                smallest.append(np.concatenate(margins, axis=-1))
            else:
                smallest.append(np.min(margins, axis=0))
        scale = self._settings.inverse_temperature
        loss = np.reshape(losses, replicates) / (count * rows * scale)
        return loss, np.reshape(smallest, (replicates, rows)) / (2.0 * scale)

    def _step(self, begin: int, end: int, rate: float) -> None:
        self._do(network.update(begin, end) for network in self._direct)
        self._do(network.step(rate, end - begin) for network in self._direct)

    def _encode(self) -> None:
        self._do(network.encode(self._batches) for network in self._direct)

    def _do(self, pieces: Iterable[Sequence[Callable[[], Any]]]) -> list[Any]:
        """Run pieces of work of all networks in parallel; returns the results in order."""
        return self._workers.map(lambda piece: piece(), itertools.chain(*pieces))

    def _shuffle(self, replicate: int) -> None:
        order = self._rngs[replicate].permutation(self._patterns.shape[1])
        self._backend.take(self._patterns[replicate], order, self._shuffled[replicate])

    def _gram_rows(self, network: Any) -> list[GramRows]:
        xp, settings = self._backend.xp, self._settings
        patterns = self._patterns[network]
        products = xp.matmul(patterns, xp.swapaxes(patterns, -1, -2))
        xp.multiply(products, 2.0 * settings.inverse_temperature, out=products)
        pieces = self._pieces
        if xp is not np:
            pieces = [slice(pieces[0].start, pieces[-1].stop)]
        kernels: ModuleType | None = None
        if settings.compiled:
            from plmemory.learning.pseudo_likelihood import logistic

            kernels = logistic
        return [
            GramRows(
                self._couplings[network][..., own, :],
                patterns,
                products,
                rows.start,
                hebb=settings.hebb_start,
                inverse_temperature=settings.inverse_temperature,
                l2=settings.l2,
                kernels=kernels,
                backend=self._backend,
            )
            for rows, own in zip(pieces, within(pieces), strict=True)
        ]

    def _direct_descent(self, network: Any) -> DirectDescent:
        settings = self._settings
        tables: ModuleType | None = None
        if settings.compiled:
            from plmemory.learning.pseudo_likelihood import sign_tables

            tables = sign_tables
        return DirectDescent(
            self._couplings[network],
            self._shuffled[network],
            self._pieces[0].start,
            inverse_temperature=settings.inverse_temperature,
            l2=settings.l2,
            symmetric=settings.symmetric,
            clip_norm=settings.clip_norm,
            batch=settings.batch,
            tables=tables,
            backend=self._backend,
        )
