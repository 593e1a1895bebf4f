"""Couplings of Ising spins, in memory, or read a few rows at a time if they are too large.

Fields of rows from a file are summed in double precision, with the tolerances of ``signs``, so
states are the same as for a network in memory. A step of many states costs little more than its
products.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from plmemory.files.labelled import Dataset, Stored
from plmemory.machine.backend import Backend
from plmemory.networks.contract import Step
from plmemory.networks.ising import couplings as measures
from plmemory.networks.ising.signs import tolerance, whole_scale
from plmemory.networks.ising.synchronous import Synchronous

# Most sites of a network in memory: with the arrays of its dynamics, six gigabytes.
LARGEST_HELD = 1 << 14
# Numbers of the couplings read at a time.
READ = 1 << 24


def couplings(model: Dataset, replicate: int) -> Held | Rows:
    """The couplings of one replicate of a ``model``."""
    stored = model["couplings"].stored
    if isinstance(stored, Stored) and stored.shape[1] > LARGEST_HELD:
        return Rows(stored.at(replicate))
    return Held(stored[replicate])


class Held:
    """Couplings (N, N) in memory."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.array, dtype)

    def step(self, backend: Backend) -> Step:
        """The step that updates all sites at once; a zero field keeps the spin."""
        return Synchronous(self.array, backend)

    def stabilities(self, patterns: np.ndarray) -> np.ndarray:
        """See ``couplings.stabilities``, of patterns (P, N): (P, N)."""
        return measures.stabilities(self.array[None], patterns[None])[0]

    def asymmetry(self) -> float:
        """See ``couplings.asymmetry``."""
        return float(measures.asymmetry(self.array[None])[0])


class Rows:
    """The same for couplings whose rows are read by slices.

    ``scale``: factor that makes the couplings integers, 0 if there is none. ``tolerance``,
    ``norms``: (N,).
    """

    def __init__(self, stored: Any) -> None:
        self._stored = stored
        self.sites = stored.shape[0]
        self.scale = whole_scale(lambda: (block for _, block in self.blocks()), self.sites)
        self.norms = np.concatenate(
            [np.linalg.norm(block.astype(np.float64), axis=1) for _, block in self.blocks()]
        )
        self.tolerance = np.zeros(self.sites) if self.scale else tolerance(stored.dtype, self.norms)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self._stored, dtype)

    def blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """The rows, in blocks, and their couplings (n, N)."""
        step = max(1, READ // self.sites)
        for begin in range(0, self.sites, step):
            rows = slice(begin, min(begin + step, self.sites))
            yield rows, self._stored[rows]

    def step(self, backend: Backend) -> Step:
        """As in ``Held``, on the CPU."""

        def update(states: np.ndarray) -> np.ndarray:
            new, exact = np.empty_like(states), states.astype(np.float64)
            for rows, block in self.blocks():
                double = block.astype(np.float64)
                if self.scale:
                    double = np.rint(double * self.scale)
                own = states[:, rows]
                flip = (exact @ double.T) * own < -self.tolerance[rows]
                new[:, rows] = np.where(flip, -own, own)
            return new

        return Step(update)

    def measure(self, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Energy per site and smallest stability of states (S, N), each (S,)."""
        blocks = ((rows, block.astype(np.float64)) for rows, block in self.blocks())
        return measures.energy_and_stability(states, blocks, self.norms)

    def stabilities(self, patterns: np.ndarray) -> np.ndarray:
        """As of ``Held``."""
        found = [
            measures.stabilities(block[None], patterns[None], patterns[None, :, rows])[0]
            for rows, block in self.blocks()
        ]
        return np.concatenate(found, axis=1)

    def asymmetry(self) -> float:
        """As of ``Held``."""
        return measures.asymmetry_of(
            (block.astype(np.float64), self._stored[:, rows].T.astype(np.float64))
            for rows, block in self.blocks()
        )
