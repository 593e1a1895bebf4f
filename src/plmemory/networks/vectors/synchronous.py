"""Zero-temperature dynamics of vector spins: every spin turns into its local field.

s_i <- h_i / |h_i| with h_i = sum_j J_ij s_j. With o_mu = sum_j right_j^mu . s_j a step is two
matrix products of 2 P N d operations each and one small block a site,

    h_i = sum_mu left_i^mu o_mu - G_i s_i,   G_i = sum_mu left_i^mu (right_i^mu)^T.

A field below rounding keeps the spin. A state is a fixed point if 1 - m <= ``TOLERANCE``, with m
its overlap with the next state.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from plmemory.machine.backend import Backend
from plmemory.machine.workers import Workers, split
from plmemory.networks.batches import in_batches
from plmemory.networks.contract import Result, Step
from plmemory.networks.vectors.couplings import Factors, own_blocks

TOLERANCE = 1e-12  # published: arXiv:2507.02586
# Numbers of the states updated together: enough rows for a fast matrix product.
BATCH_NUMBERS = {"cpu": 1 << 21, "cuda": 1 << 28}
# Numbers in a piece of work: the fields of its sites, for all states of a batch.
PIECE_NUMBERS = 1 << 19
WORTH_SHARING = 1 << 26  # operations of a step; fewer are one piece


class Synchronous(Step):
    """The step that turns all spins of states (S, N, d) at once."""

    def __init__(self, couplings: Factors, backend: Backend) -> None:
        super().__init__(self._turned, tolerance=TOLERANCE)
        self.count, self.sites, self.components = couplings.left.shape
        self.backend = backend
        self.left = backend.asarray(couplings.left.reshape(self.count, -1))
        self.right = backend.asarray(couplings.right.reshape(self.count, -1).T.copy())
        self.blocks = backend.asarray(own_blocks(couplings).swapaxes(1, 2).copy())
        largest = np.linalg.norm(couplings.left, axis=-1).sum(axis=0)
        rounding = np.finfo(backend.dtype).eps * self.sites * largest
        self.bound = backend.asarray(rounding)[:, None]
        self._workers: Workers | None = None
        self.batch = BATCH_NUMBERS["cpu" if backend.xp is np else "cuda"] // (
            self.sites * self.components
        )

    def fields(self, states: Any) -> Any:
        """The local fields (S, N, d) of states on the device."""
        whole = slice(0, self.sites)
        return self._fields(self._overlaps(states, whole), states, whole)

    def _overlaps(self, states: Any, sites: slice) -> Any:
        """The contribution of some sites to the overlaps (S, P)."""
        numbers = slice(sites.start * self.components, sites.stop * self.components)
        spins = states.reshape(len(states), -1)[:, numbers]  # a view: no copy
        return self.backend.xp.matmul(spins, self.right[numbers])

    def _fields(self, overlaps: Any, spins: Any, sites: slice) -> Any:
        """The fields (S, n, d) on some sites from overlaps (S, P) and the spins there."""
        xp, d = self.backend.xp, self.components
        local = xp.matmul(overlaps, self.left[:, sites.start * d : sites.stop * d])
        local = local.reshape(spins.shape)
        own = xp.empty_like(local)
        xp.matmul(xp.swapaxes(spins, 0, 1), self.blocks[sites], out=xp.swapaxes(own, 0, 1))
        local -= own
        return local

    def by_batches(self, follow: Callable[[slice], Result], count: int) -> list[Result]:
        """The results of ``follow``, with one pool of threads for all its steps."""
        with self._pool():
            return super().by_batches(follow, count)

    @contextlib.contextmanager
    def _pool(self) -> Iterator[Workers]:
        """The existing pool, or a new one for the context."""
        if self._workers is not None:
            yield self._workers
            return
        with Workers() as self._workers:
            try:
                yield self._workers
            finally:
                self._workers = None

    def _turned(self, states: np.ndarray) -> np.ndarray:
        to_numpy = self.backend.to_numpy
        return in_batches(lambda part: to_numpy(self._directions(part)), states, self.batch)

    def _directions(self, states: np.ndarray) -> Any:
        backend, xp = self.backend, self.backend.xp
        ready = xp is np and states.dtype == backend.dtype
        spins = states if ready else backend.asarray(states)
        turned = backend.empty(spins.shape)
        pieces = [slice(0, self.sites)]
        if xp is np and 4 * len(spins) * self.left.size >= WORTH_SHARING:
            pieces = split(self.sites, PIECE_NUMBERS // (len(spins) * self.components))

        def turn(sites: slice) -> None:
            local = self._fields(overlaps, spins[:, sites], sites)
            lengths = xp.sqrt(xp.einsum("sia,sia->si", local, local))[..., None]
            kept = lengths <= self.bound[sites]
            if kept.any():
                local = xp.where(kept, spins[:, sites], local)
                lengths = xp.where(kept, xp.ones_like(lengths), lengths)
            xp.divide(local, lengths, out=turned[:, sites])

        with self._pool() as workers:
            overlaps = sum(workers.map(lambda sites: self._overlaps(spins, sites), pieces))
            workers.map(turn, pieces)
        return turned
