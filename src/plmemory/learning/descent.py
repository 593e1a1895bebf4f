"""Shares a gradient descent on the pseudo-likelihood among cores, or gives it whole to a GPU."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from plmemory.backend import Backend
from plmemory.learning.descent_direct import CoupledRows, DirectRows
from plmemory.learning.descent_gram import GramRows
from plmemory.workers import Workers

# Most rows of a block on a CPU: large enough for matrix products, small enough to share out.
ROWS = 512
# Networks of fewer sites are not cut: their products are too small.
SMALL = 128
# Elements of the local fields that a block holds at once: on a CPU what its caches like.
HELD = {"cpu": 1 << 19, "cuda": 1 << 28}


class Settings(NamedTuple):
    """What a descent does in a step; see ``pseudo_likelihood.learn`` for the meanings."""

    inverse_temperature: float
    l2: float
    batch: int
    symmetric: bool
    clip_norm: float | None
    gram: bool
    hebb_start: bool


class Descent:
    """Descends couplings (R, N, N) on the device in place, on patterns (R, P, N).

    On a CPU every replicate, and every block of its rows, is a piece of work; how rows are cut
    depends on N alone, so the result does not depend on the number of cores. On a GPU all is one.
    """

    def __init__(
        self,
        couplings: Any,
        patterns: np.ndarray,
        rngs: Sequence[np.random.Generator],
        settings: Settings,
        workers: Workers,
        backend: Backend,
    ) -> None:
        self._couplings = couplings
        self._patterns = backend.asarray(patterns)
        self._rngs = rngs
        self._settings = settings
        self._workers = workers
        self._backend = backend
        count, sites = patterns.shape[1:]
        self._stochastic = settings.batch < count
        self._shuffled = backend.empty(patterns.shape) if self._stochastic else self._patterns
        self._coupled = settings.symmetric or settings.clip_norm is not None
        networks: list[Any] = [slice(None)]
        cuts = [(0, sites)]
        if backend.xp is np:
            networks = list(range(len(patterns)))
            blocks = max(-(-sites // ROWS), 2 if sites >= SMALL else 1)
            edges = [sites * block // blocks for block in range(blocks + 1)]
            cuts = list(itertools.pairwise(edges))

        def gram_rows(network: Any) -> list[GramRows]:
            return self._gram_rows(network, cuts)

        self._gram: list[GramRows] = []
        self._direct: list[list[DirectRows]] = []
        self._joined: list[CoupledRows] = []
        if settings.gram:
            self._gram = list(itertools.chain(*workers.map(gram_rows, networks)))
        else:
            self._direct = [self._direct_rows(network, cuts) for network in networks]
        if self._coupled:
            self._joined = [self._join(rows) for rows in self._direct]

    def advance(self, rates: Sequence[float]) -> None:
        """One epoch for every learning rate, with the patterns in a new order if in batches."""
        if not self._stochastic:
            self._run(rates)
            return
        for rate in rates:
            self._workers.map(self._shuffle, range(len(self._rngs)))
            self._run([rate])

    def couplings(self) -> np.ndarray:
        """The couplings reached, on the host."""
        self._workers.map(lambda rows: rows.update_couplings(), self._gram)
        return self._backend.to_numpy(self._couplings)

    def _run(self, rates: Sequence[float]) -> None:
        if self._coupled:
            for network in self._joined:
                network.advance(rates)
        else:
            pieces = self._gram or itertools.chain(*self._direct)
            self._workers.map(lambda rows: rows.advance(rates), pieces)

    def _shuffle(self, replicate: int) -> None:
        order = self._rngs[replicate].permutation(self._patterns.shape[1])
        self._backend.take(self._patterns[replicate], order, self._shuffled[replicate])

    def _gram_rows(self, network: Any, cuts: Sequence[tuple[int, int]]) -> list[GramRows]:
        xp = self._backend.xp
        patterns = self._patterns[network]
        products = xp.matmul(patterns, xp.swapaxes(patterns, -1, -2))
        xp.multiply(products, 2.0 * self._settings.inverse_temperature, out=products)
        return [
            GramRows(
                self._couplings[network][..., begin:end, :],
                patterns,
                products,
                begin,
                hebb=self._settings.hebb_start,
                inverse_temperature=self._settings.inverse_temperature,
                l2=self._settings.l2,
                backend=self._backend,
            )
            for begin, end in cuts
        ]

    def _direct_rows(self, network: Any, cuts: Sequence[tuple[int, int]]) -> list[DirectRows]:
        return [
            DirectRows(
                self._couplings[network][..., begin:end, :],
                self._shuffled[network],
                begin,
                inverse_temperature=self._settings.inverse_temperature,
                l2=self._settings.l2,
                batch=self._settings.batch,
                held=HELD[self._backend.device],
                backend=self._backend,
            )
            for begin, end in cuts
        ]

    def _join(self, rows: Sequence[DirectRows]) -> CoupledRows:
        return CoupledRows(
            rows,
            symmetric=self._settings.symmetric,
            clip_norm=self._settings.clip_norm,
            count=self._patterns.shape[1],
            batch=self._settings.batch,
            workers=self._workers,
            backend=self._backend,
        )
