"""Zero-temperature dynamics of vector spins: every spin turns into its local field.

s_i <- h_i / |h_i| with h_i = sum_j J_ij s_j. With o_mu = sum_j right_j^mu . s_j a step is two
matrix products of 2 P N d operations each and one small block a site,

    h_i = sum_mu left_i^mu o_mu - G_i s_i,   G_i = sum_mu left_i^mu (right_i^mu)^T.

A field below rounding keeps the spin. States meet a fixed point where one less the overlap of two
successive states is at most ``TOLERANCE``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from plmemory.machine.backend import Backend
from plmemory.networks.contract import Step
from plmemory.networks.vectors.couplings import Factors, own_blocks

TOLERANCE = 1e-12  # published: arXiv:2507.02586
# Numbers of the states that are updated together: their fields stay in a core's cache.
BATCH_NUMBERS = {"cpu": 1 << 19, "cuda": 1 << 28}


class Synchronous(Step):
    """The step that turns all spins of states (S, N, d) at once."""

    def __init__(self, couplings: Factors, backend: Backend) -> None:
        super().__init__(self._turned, tolerance=TOLERANCE)
        count, self.sites, self.components = couplings.left.shape
        self.backend = backend
        self.left = backend.asarray(couplings.left.reshape(count, -1))
        self.right = backend.asarray(couplings.right.reshape(count, -1).T.copy())
        self.blocks = backend.asarray(own_blocks(couplings).swapaxes(1, 2).copy())
        largest = np.linalg.norm(couplings.left, axis=-1).sum(axis=0)
        rounding = np.finfo(backend.dtype).eps * self.sites * largest
        self.bound = backend.asarray(rounding)[:, None]
        self.batch = BATCH_NUMBERS["cpu" if backend.xp is np else "cuda"] // (
            self.sites * self.components
        )

    def fields(self, states: Any) -> Any:
        """The local fields (S, N, d) of states on the device."""
        xp = self.backend.xp
        overlaps = xp.matmul(states.reshape(len(states), -1), self.right)
        local = xp.matmul(overlaps, self.left).reshape(states.shape)
        local -= xp.swapaxes(xp.matmul(xp.swapaxes(states, 0, 1), self.blocks), 0, 1)
        return local

    def _turned(self, states: np.ndarray) -> np.ndarray:
        batch = max(1, self.batch)
        parts = [states[begin : begin + batch] for begin in range(0, len(states), batch)]
        return np.concatenate([self._directions(part) for part in parts]) if parts else states

    def _directions(self, states: np.ndarray) -> np.ndarray:
        xp, spins = self.backend.xp, self.backend.asarray(states)
        local = self.fields(spins)
        lengths = xp.sqrt(xp.einsum("sia,sia->si", local, local))[..., None]
        kept = lengths <= self.bound
        if kept.any():
            local = xp.where(kept, spins, local)
            lengths = xp.where(kept, xp.ones_like(lengths), lengths)
        local /= lengths
        return self.backend.to_numpy(local)
