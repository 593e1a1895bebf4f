"""The synchronous step of Ising spins at zero temperature: all sites at once.

Batches are processed one by one. If a batch returns to its states of two steps before, with only a
few spins different (nearly a 2-cycle, as in slow relaxation), only the contributions of these spins
to the fields are exchanged. Signs of fields are still exact (see ``signs``), so the states depend
neither on the size of a batch, nor on its memory, nor on the device.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from itertools import chain
from typing import Any

import numpy as np
import scipy

from plmemory.machine.backend import Backend
from plmemory.machine.workers import Workers, split
from plmemory.networks.batches import in_batches
from plmemory.networks.contract import Result, Step, Walk
from plmemory.networks.ising.signs import prepare, recheck, rounding_error
from plmemory.networks.relax import Relaxed, relax_with

# Numbers in a batch: its fields fit into a CPU's cache, or limit the memory of a GPU.
BATCH_NUMBERS = {"cpu": 1 << 19, "cuda": 1 << 28}
# A full product costs as much as the exchange of this fraction of the spins.
FEW = 1 / 8


def _sparse_kernels() -> Any:
    """The compiled loops of scipy.sparse without the package, whose import takes long."""
    spec = PathFinder.find_spec("_sparsetools", [f"{place}/sparse" for place in scipy.__path__])
    if spec is None or spec.loader is None:
        return import_module("scipy.sparse._sparsetools")
    kernels = module_from_spec(spec)
    spec.loader.exec_module(kernels)
    return kernels


sparse_kernels = _sparse_kernels()


def relax(
    couplings: np.ndarray, states: np.ndarray, backend: Backend, *, max_steps: int
) -> Relaxed:
    """Zero-temperature dynamics s_i <- sign(sum_j J_ij s_j), all sites at once.

    Parameters
    ----------
    couplings : (R, N, N), acting on site i from site j, with zero diagonal.
    states : (R, S, N) of +1/-1, the starts.
    max_steps : time steps.

    Returns
    -------
    Relaxed
        Of shapes (R, S, N), (R, S), (R, S); exactly what running all ``max_steps`` steps gives,
        also where a state was set aside earlier because it had reached a fixed point or a cycle.
    """
    relaxed = [
        relax_with(Synchronous(network, backend), batch, max_steps)
        for network, batch in zip(couplings, states, strict=True)
    ]
    return Relaxed(*(np.stack(parts) for parts in zip(*relaxed, strict=True)))


class Synchronous(Step):
    """The step that updates all sites of states (S, N) at once under couplings (N, N)."""

    def __init__(self, couplings: np.ndarray, backend: Backend) -> None:
        self.backend = backend
        self.network = network = prepare(couplings)
        self.transposed = backend.asarray(network.couplings.T.copy())
        self.batch = BATCH_NUMBERS["cpu" if backend.xp is np else "cuda"] // len(couplings)
        self.rough = backend.dtype == "float32" and not network.whole
        # In double precision the rounding equals the tolerance: then fields are not exchanged.
        self.exchange = backend.xp is np and backend.dtype == "float32"
        # The second term is for the additions of exchanged spins, at most those of a product.
        bound = rounding_error(network) * np.sqrt(2) if self.rough else network.tolerance
        self.bound = backend.asarray(bound)
        self.negative = -self.bound

    def __call__(self, states: np.ndarray) -> np.ndarray:
        """The states (S, N) int8 one step after ``states`` (S, N) int8."""
        return in_batches(lambda part: self.walk()(part), states, self.batch)

    def walk(self) -> Walk:
        """The step of one batch, which remembers its last two states and their fields."""
        return _Remembering(self)

    def by_batches(self, follow: Callable[[slice], Result], count: int) -> list[Result]:
        """The results of ``follow``, batch by batch on all cores, or as a GPU's memory allows."""
        with Workers() as workers:
            batches = split(count, self.batch)
            return list(chain(*workers.map(lambda b: self.backend.by_rows(follow, b), batches)))

    def signs(self, states: np.ndarray, fields: np.ndarray) -> np.ndarray:
        """The signs of the fields (S, N) on the device; those of the states for zero fields."""
        host = self.backend.to_numpy
        new = host(fields > self.bound).view(np.int8) - host(fields < self.negative).view(np.int8)
        doubtful = np.flatnonzero(new == 0)
        if len(doubtful):
            kept = states.take(doubtful)
            if self.rough:
                kept[recheck(self.network, states, doubtful)] *= -1
            new.put(doubtful, kept)
        return new


class _Remembering(Walk):
    """The dynamics of a batch, with a memory of its last two states and their fields."""

    def __init__(self, step: Synchronous) -> None:
        self.step = step
        self._older: _Memory | None = None
        self._newer: _Memory | None = None

    def __call__(self, states: np.ndarray) -> np.ndarray:
        """The next states (S, N); ``states``: the last returned ones, as far as kept."""
        step, memory = self.step, self._older
        if memory is None:
            memory = _Memory(states, self._product(states), np.zeros(len(states), dtype=np.int64))
        else:
            self._exchange(memory, states)
        new = step.signs(states, memory.fields)
        if step.exchange:
            self._older, self._newer = self._newer, memory
        return new

    def keep(self, rows: np.ndarray) -> None:
        """Keep only these rows."""
        for memory in (self._older, self._newer):
            if memory is not None:
                memory.keep(rows)

    def _product(self, states: np.ndarray) -> np.ndarray:
        backend = self.step.backend
        return backend.xp.matmul(backend.asarray(states), self.step.transposed)

    def _exchange(self, memory: _Memory, states: np.ndarray) -> None:
        """Update the memory to these states."""
        sites = states.shape[1]
        change = states - memory.states
        differ = change != 0
        flips = np.count_nonzero(differ, axis=1)
        memory.exchanged += flips
        far = (flips > FEW * sites) | (memory.exchanged > sites)
        if far.any():
            memory.fields[far] = self._product(states[far])
            memory.exchanged[far] = 0
            differ[far] = False
            flips[far] = 0
        places = np.flatnonzero(differ)
        starts = np.zeros(len(states) + 1, dtype=np.int64)
        np.cumsum(flips, out=starts[1:])
        # The loop of ``csr_array @ dense``, without creating such an array: for the few states that
        # still move at the end this would double the time. Both arrays are contiguous.
        sparse_kernels.csr_matvecs(
            *states.shape,
            sites,
            starts,
            places % sites,
            change.take(places).astype(memory.fields.dtype),
            self.step.transposed.ravel(),
            memory.fields.ravel(),
        )
        memory.states = states


class _Memory:
    """States (S, N), their fields, and how many spins were exchanged since the last product."""

    def __init__(self, states: np.ndarray, fields: np.ndarray, exchanged: np.ndarray) -> None:
        self.states, self.fields, self.exchanged = states, fields, exchanged

    def keep(self, rows: np.ndarray) -> None:
        self.states, self.fields = self.states[rows], self.fields[rows]
        self.exchanged = self.exchanged[rows]
