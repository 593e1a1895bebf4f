"""Parallel tempering of Ising spins on bipartite graphs, many independent chains at once.

A *chain* is one complete ladder of temperatures. A *block* holds LANES chains, one bit each of
the words of one site (multi-spin coding), so that an operation on words advances 64 chains; blocks
run on threads.

Every chain has its own random bits: a column of words has its own xoshiro256++ generator (Blackman
& Vigna 2021), whose state is filled from the caller's generator, and each chain uses one bit of all
its numbers. A heat-bath step compares a 32-bit random number with a threshold bit by bit, the
highest first, until no chain of the block is undecided: about ten bits, and exact. Blocks share
nothing, so results depend on neither the number of threads nor the order in which they run.

One sweep updates all sites of one colour of the checkerboard, then all of the other, by the heat
bath, at every temperature; then neighbouring temperatures try to exchange their configurations
(even pairs after even sweeps, odd pairs after odd ones).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from plmemory.datasets.spin_glass.multispin import LANES, UNIT, WORDS, temper
from plmemory.machine.workers import Workers


class Graph(NamedTuple):
    """A bipartite graph of at most four bonds a site.

    neighbours: (site, 4) indices; bonds: (site, 4) couplings, multiples of UNIT and zero where
    there is no bond; colour: (site,) 0 or 1, and every bond joins a 0 to a 1.
    """

    neighbours: np.ndarray
    bonds: np.ndarray
    colour: np.ndarray


@dataclass
class Chains:
    """The state of all chains, advanced in place by ``advance``.

    spins: (block, temperature, site, WORDS) of 64 chains a word, a bit set for +1; streams: (block,
    4 WORDS) state of the random generators; sweeps: how many sweeps are done.
    """

    spins: np.ndarray
    streams: np.ndarray
    sweeps: int = 0


class Record(NamedTuple):
    """The records of ``advance``, at fixed intervals of sweeps.

    states: (record, chain, site) int8 of +1/-1 at the first temperature; energies: (record,
    temperature, chain); swap_rates: (temperature - 1,) accepted fraction of the exchanges.
    """

    states: np.ndarray
    energies: np.ndarray
    swap_rates: np.ndarray


def start(states: np.ndarray, temperatures: int, rng: np.random.Generator) -> Chains:
    """Chains that start from ``states`` (chain, site) of +1/-1 at all their temperatures.

    The number of chains must be a multiple of LANES.
    """
    chains, sites = states.shape
    lanes = (states > 0).reshape(chains // LANES, LANES, sites).transpose(0, 2, 1)
    words = np.ascontiguousarray(np.packbits(lanes, axis=2, bitorder="little")).view(np.uint64)
    spins = np.repeat(words[:, None], temperatures, axis=1)
    # An all-zero state would be stuck; the lowest bit of the first word rules it out.
    streams = rng.integers(2**64, size=(len(words), 4 * WORDS), dtype=np.uint64)
    streams[:, :WORDS] |= np.uint64(1)
    return Chains(spins, streams)


def advance(
    chains: Chains,
    graph: Graph,
    temperatures: Sequence[float] | np.ndarray,
    *,
    records: int,
    every: int,
) -> Record:
    """Run ``records * every`` sweeps; record the last of each ``every`` (energies: unit of J)."""
    inverse = 1 / np.asarray(temperatures, dtype=np.float64)
    planes = _planes(graph.bonds, inverse)
    steps = np.rint(graph.bonds / UNIT).astype(np.int32)
    order = np.argsort(graph.colour, kind="stable").astype(np.int32)
    first = int((graph.colour == 0).sum())
    neighbours = graph.neighbours.astype(np.int32)

    def run(block: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return temper(
            chains.spins[block], chains.streams[block], neighbours, order, first,
            planes, steps, inverse, chains.sweeps, records, every,
        )  # fmt: skip

    with Workers() as workers:
        results = workers.map(run, range(len(chains.spins)))
    before, chains.sweeps = chains.sweeps, chains.sweeps + records * every
    accepted = sum(accepted for _, _, accepted in results)
    odd = np.arange(len(inverse) - 1) % 2
    turns = (chains.sweeps + 1 - odd) // 2 - (before + 1 - odd) // 2
    return Record(
        np.concatenate([_unpacked(states) for states, _, _ in results], axis=1),
        np.concatenate([energies for _, energies, _ in results], axis=2),
        accepted / np.maximum(turns * LANES * len(results), 1),
    )


def _planes(bonds: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Thresholds of the heat bath, the highest bits first: (temperature, site, 32) uint8.

    A spin is up if a 32-bit random integer is below the threshold, with probability (1 + tanh(h/T))
    / 2. Bit x + 2 y + 4 z of a plane is that of the threshold for the first three neighbours x, y,
    z and the fourth one up; the others follow by flipping all spins.
    """
    settings = 2 * (np.arange(8)[:, None] >> np.arange(3) & 1) - 1
    fields = bonds[:, :3] @ settings.T + bonds[:, 3:]
    up = 2.0**31 * (1 + np.tanh(inverse[:, None, None] * fields))
    thresholds = np.minimum(up, 2**32 - 1).astype(">u4", order="C")[..., None].view(np.uint8)
    return np.packbits(np.unpackbits(thresholds, axis=3), axis=2, bitorder="little")[:, :, 0]


def _unpacked(words: np.ndarray) -> np.ndarray:
    """States (record, site, WORDS) as +1/-1, (record, chain, site) int8."""
    bits = np.unpackbits(words.view(np.uint8), axis=2, bitorder="little")
    return np.ascontiguousarray(bits.transpose(0, 2, 1)).view(np.int8) * np.int8(2) - np.int8(1)


def autocorrelation_time(series: np.ndarray) -> float:
    """Integrated autocorrelation time 1/2 + sum_t rho(t) of ``series`` (record, chain), in records.

    The mean is over all chains; the sum stops at six times its value (Sokal 1997).
    Infinite if the series is too short for that.
    """
    length = len(series)
    deviation = series - series.mean()
    if not deviation.any():
        return 0.5
    spectrum = np.fft.rfft(deviation, 2 * length, axis=0)
    covariance = np.fft.irfft(np.abs(spectrum) ** 2, axis=0)[:length].sum(axis=1)
    covariance /= np.arange(length, 0, -1)
    times = np.cumsum(covariance / covariance[0]) - 0.5
    closed = np.flatnonzero(np.arange(length) >= 6 * times)
    return float(times[closed[0]]) if len(closed) else np.inf
