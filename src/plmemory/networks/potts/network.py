"""Zero-temperature dynamics of Potts networks: each site takes the colour of the largest field.

All sites are updated at once, or one after the other in random order. A site keeps its colour
unless the field of another colour is larger by more than rounding (sums are in double precision);
other ties go to the lowest colour. With two colours this is the dynamics of Ising spins, in which a
zero field keeps the spin.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.machine.workers import Workers
from plmemory.networks.contract import Network, Step
from plmemory.networks.nearest import nearest_identity
from plmemory.networks.potts.kernels import columns, pack, padded, site_fields
from plmemory.networks.potts.states import colours, corrupt, identity, rescaled


class _Tables(NamedTuple):
    """A network in the layout of the kernels, with auxiliary arrays for the sums."""

    couplings: np.ndarray
    fields: np.ndarray
    consensus: np.ndarray
    tolerance: np.ndarray


def synchronous(couplings: np.ndarray, fields: np.ndarray) -> Step:
    """The step that updates all sites of states (S, N) at once.

    ``couplings`` (N, q, N, q), ``fields`` (N, q).
    """
    return _synchronous(_tables(couplings, fields), fields.shape[1])


def _synchronous(tables: _Tables, colours_count: int) -> Step:
    def step(states: np.ndarray) -> np.ndarray:
        new = states.copy()

        def update(site: int, local: np.ndarray) -> None:
            present = np.take_along_axis(local, states[:, site, None].astype(np.intp), axis=1)[:, 0]
            moves = local.max(axis=1) > present + tables.tolerance[site]
            new[moves, site] = local[moves].argmax(axis=1)

        _each_site(tables, states, colours_count, update)
        return new

    return Step(step)


def sequential(couplings: np.ndarray, fields: np.ndarray, rng: np.random.Generator) -> Step:
    """The step that sweeps once through the sites in a new random order, shared by all states."""
    return _sequential(_tables(couplings, fields), fields.shape[1], rng)


def _sequential(tables: _Tables, colours_count: int, rng: np.random.Generator) -> Step:
    def step(states: np.ndarray) -> np.ndarray:
        new = states.copy()
        order = rng.permutation(states.shape[1])
        _visit(new, order, tables.couplings, tables.fields, tables.tolerance, colours_count)
        return new

    return Step(step)


def network(model: Dataset, replicate: int, backend: Backend) -> Network:
    """The network of one replicate of a ``model`` with ``couplings`` and ``fields``.

    Runs on the CPU for any backend: the work is a sparse sum, not a matrix product.
    """
    return potts(model["couplings"].stored[replicate], model["fields"].values[replicate])


def potts(couplings: np.ndarray, fields: np.ndarray) -> Network:
    """The network of couplings (N, q, N, q) and fields (N, q).

    Energy per site: -(1/N) [sum_i b_i(x_i) + (1/2) sum_ij J_ij(x_i, x_j)]. Stability of a
    site: its field minus the largest field of the other colours, over the norm of its couplings in
    the zero-sum gauge; for q = 2 this is the Ising stability. Overlaps are rescaled identities.
    """
    colours_count = fields.shape[1]
    tables = _tables(couplings, fields)
    gauged = couplings - couplings.mean(axis=1, keepdims=True, dtype=np.float64)
    gauged -= gauged.mean(axis=3, keepdims=True)
    norms = np.sqrt(np.einsum("iajb,iajb->i", gauged, gauged))
    bias = fields.astype(np.float64)

    def measure(states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        energy = np.zeros(states.shape)
        margin = np.zeros(states.shape)

        def collect(site: int, local: np.ndarray) -> None:
            rows, colours = np.arange(len(states)), states[:, site].astype(np.intp)
            present = local[rows, colours]
            energy[:, site] = -(present + bias[site, colours]) / 2
            local[rows, colours] = -np.inf
            if norms[site] > 0:
                margin[:, site] = (present - local.max(axis=1)) / norms[site]

        _each_site(tables, states, colours_count, collect)
        return energy.mean(axis=1), margin.min(axis=1)

    return Network(
        step=_synchronous(tables, colours_count),
        sweep=lambda rng: _sequential(tables, colours_count, rng),
        measure=measure,
        overlap=lambda a, b: rescaled(identity(a, b), colours_count),
        nearest=lambda a, b: rescaled(nearest_identity(a, b), colours_count),
        random=lambda count, rng: colours((count, len(fields)), colours_count, rng),
        corrupt=lambda states, overlap, rng: corrupt(states, overlap, colours_count, rng),
    )


def _tables(couplings: np.ndarray, fields: np.ndarray) -> _Tables:
    sites, states = fields.shape
    bias = np.zeros((sites, padded(states)))
    bias[:, :states] = fields
    spread = np.abs(couplings).max(axis=(1, 3)).sum(axis=1) + np.abs(fields).max(axis=1)
    tolerance = 4 * sites * np.finfo(np.float64).eps * spread.astype(np.float64)
    return _Tables(pack(couplings, np.float64), bias, fields.argmax(axis=1), tolerance)


def _each_site(
    tables: _Tables,
    states: np.ndarray,
    colours_count: int,
    visit: Callable[[int, np.ndarray], None],
) -> None:
    """Call ``visit(site, fields on it (S, q))`` for every site."""
    data = columns(states, colours_count, tables.consensus)

    def run(site: int) -> None:
        local = site_fields(data, tables.couplings[site], tables.fields[site])
        visit(site, local[:, :colours_count])

    with Workers() as workers:
        workers.map(run, range(states.shape[1]))


@njit(nogil=True, cache=True)
def _visit(
    states: Any, order: Any, couplings: Any, fields: Any, tolerance: Any, colours_count: Any
) -> None:
    """Give each site in turn the colour of its largest field, in place, states (S, N)."""
    local = np.empty(fields.shape[1])
    for i in order:
        table = couplings[i]
        for spins in states:
            for a in range(len(local)):
                local[a] = fields[i, a]
            for j in range(len(table)):
                row = table[j, spins[j]]
                for a in range(len(local)):
                    local[a] += row[a]
            best = np.argmax(local[:colours_count])
            if local[best] > local[spins[i]] + tolerance[i]:
                spins[i] = best
