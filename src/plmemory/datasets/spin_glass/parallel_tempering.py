"""Parallel tempering of Ising spins on bipartite graphs, many independent chains at once.

A *chain* is one complete ladder of temperatures. A *block* holds LANES chains, one bit each of
the words of one site (multi-spin coding), so that an operation on words advances 64 chains; blocks
run on threads.

Every chain draws bits of its own: a column of words has its own xoshiro256++ generator (Blackman &
Vigna 2021), whose state is filled from the caller's generator, and each chain one bit of all its
numbers. A heat-bath step compares a 32-bit random number with a threshold bit by bit, the highest
first, until no chain of the block is undecided: ten bits or so, and exact. Blocks share nothing, so
results depend on neither the number of threads nor the order in which they run.

One sweep updates all sites of one colour of the checkerboard, then all of the other, by the heat
bath, at every temperature; then neighbouring temperatures try to exchange their configurations
(even pairs after even sweeps, odd pairs after odd ones).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numba
import numpy as np

from plmemory.machine.workers import on_cores

WORDS = 16
LANES = 64 * WORDS
# Couplings are multiples of this: energies then add up in integers, without rounding.
UNIT = 2.0**-18

# Rows of the kernels' workspace, WORDS each, in one array: the compiler then knows them apart and
# makes vector code. The generators have the first four.
UNDECIDED, UP, X, Y, Z, TURNED, ROWS = (row * WORDS for row in (4, 5, 6, 7, 8, 9, 10))
ALL = np.uint64(2**64 - 1)


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
    """What ``advance`` saw, one record every so many sweeps.

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
        return _temper(
            chains.spins[block], chains.streams[block], neighbours, order, first,
            planes, steps, inverse, chains.sweeps, records, every,
        )  # fmt: skip

    results = on_cores(run, range(len(chains.spins)))
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

    Up if a 32-bit random integer lies below the threshold, with probability (1 + tanh(h/T)) / 2.
    Bit x + 2 y + 4 z of a plane is that of the threshold for the first three neighbours x, y, z
    and the fourth one up; the others follow by turning all spins round.
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

    The mean is taken over all chains; the sum stops at six times its value (Sokal 1997).
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


@numba.njit(nogil=True, cache=True)
def _random(work, w):
    """The next word of generator w (xoshiro256++), its state in the first rows of ``work``."""
    a, b, c, d = work[w], work[WORDS + w], work[2 * WORDS + w], work[3 * WORDS + w]
    total = a + d
    value = ((total << np.uint64(23)) | (total >> np.uint64(41))) + a
    c ^= a
    d ^= b
    work[w] = a ^ d
    work[WORDS + w] = b ^ c
    work[2 * WORDS + w] = c ^ (b << np.uint64(17))
    work[3 * WORDS + w] = (d << np.uint64(45)) | (d >> np.uint64(19))
    return value


@numba.njit(nogil=True, cache=True)
def _functions(work, tables):
    """All 16 functions of the neighbours x and y, a row each: bit x + 2 y of its number."""
    for w in range(WORDS):
        x, y = work[X + w], work[Y + w]
        neither, first, second, both = ~(x | y), x & ~y, y & ~x, x & y
        tables[w] = np.uint64(0)
        tables[1 * WORDS + w] = neither
        tables[2 * WORDS + w] = first
        tables[3 * WORDS + w] = ~y
        tables[4 * WORDS + w] = second
        tables[5 * WORDS + w] = ~x
        tables[6 * WORDS + w] = x ^ y
        tables[7 * WORDS + w] = ~both
        tables[8 * WORDS + w] = both
        tables[9 * WORDS + w] = ~(x ^ y)
        tables[10 * WORDS + w] = x
        tables[11 * WORDS + w] = ~second
        tables[12 * WORDS + w] = y
        tables[13 * WORDS + w] = ~first
        tables[14 * WORDS + w] = x | y
        tables[15 * WORDS + w] = ALL


@numba.njit(nogil=True, cache=True)
def _sweep(spins, work, tables, neighbours, order, planes):
    """Heat bath over all sites (site, WORDS) at one temperature."""
    for i in order:
        # Turn all round where the fourth neighbour is down: the fields change sign, no more.
        last = spins[neighbours[i, 3]]
        for w in range(WORDS):
            work[TURNED + w] = ~last[w]
            work[UNDECIDED + w] = ALL
            work[UP + w] = np.uint64(0)
        for row, n in ((X, 0), (Y, 1), (Z, 2)):
            other = spins[neighbours[i, n]]
            for w in range(WORDS):
                work[row + w] = other[w] ^ work[TURNED + w]
        _functions(work, tables)
        for plane in planes[i]:
            low, high = (plane & 15) * WORDS, (plane >> 4) * WORDS
            left = np.uint64(0)
            for w in range(WORDS):
                below = tables[low + w]
                bit = below ^ (work[Z + w] & (below ^ tables[high + w]))
                # Decided where the random bit is not the threshold's; up where that one is set.
                decided = work[UNDECIDED + w] & (_random(work, w) ^ bit)
                work[UP + w] |= decided & bit
                work[UNDECIDED + w] ^= decided
                left |= work[UNDECIDED + w]
            if left == 0:
                break
        spin = spins[i]
        for w in range(WORDS):
            spin[w] = work[UP + w] ^ work[TURNED + w]


@numba.njit(nogil=True, cache=True)
def _add(differ, steps, bits, part):
    """Add each of four ``steps`` to the chains (LANES,) whose bit of ``differ`` (4, h) is set."""
    j0, j1, j2, j3 = steps[0], steps[1], steps[2], steps[3]
    none = np.int32(0)
    for h in range(2 * WORDS):
        d0, d1, d2, d3 = differ[0, h], differ[1, h], differ[2, h], differ[3, h]
        for lane in range(32):
            bit = bits[lane]
            part[32 * h + lane] += ((j0 if d0 & bit else none) + (j1 if d1 & bit else none)) + (
                (j2 if d2 & bit else none) + (j3 if d3 & bit else none)
            )


@numba.njit(nogil=True, cache=True)
def _measure(halves, neighbours, order, first, steps, energy):
    """Energies (LANES,) in UNITs of states (site, 2 WORDS), 32 chains a half word.

    Every bond has one end behind ``first``. Sums of 32 sites fit into 32 bits, which are faster.
    """
    bits = np.empty(32, np.int32)
    for lane in range(32):
        bits[lane] = np.int32(1 << lane)
    differ = np.empty((4, 2 * WORDS), np.int32)
    part = np.empty(LANES, np.int32)
    energy[:] = 0
    for begin in range(first, len(order), 32):
        part[:] = 0
        total = np.int64(0)
        for i in order[begin : begin + 32]:
            here = halves[i]
            for n in range(4):
                there = halves[neighbours[i, n]]
                for h in range(2 * WORDS):
                    differ[n, h] = np.int32(here[h] ^ there[h])
                total += steps[i, n]
            _add(differ, steps[i], bits, part)
        for lane in range(LANES):
            energy[lane] += 2 * np.int64(part[lane]) - total


@numba.njit(nogil=True, cache=True)
def _exchange(spins, work, energy, scale, k):
    """Try to exchange the temperatures k and k + 1 in every lane; returns how many did.

    scale: the difference of their inverse temperatures times UNIT.
    """
    accepted = 0
    for w in range(WORDS):
        mask = np.uint64(0)
        for lane in range(64):
            here, there = energy[k, 64 * w + lane], energy[k + 1, 64 * w + lane]
            chance = np.float64(_random(work, w) >> np.uint64(11)) * 2.0**-53
            if chance < np.exp(min(scale * (here - there), 0.0)):
                energy[k, 64 * w + lane], energy[k + 1, 64 * w + lane] = there, here
                mask |= np.uint64(1) << np.uint64(lane)
                accepted += 1
        for i in range(spins.shape[1]):
            differs = (spins[k, i, w] ^ spins[k + 1, i, w]) & mask
            spins[k, i, w] ^= differs
            spins[k + 1, i, w] ^= differs
    return accepted


@numba.njit(nogil=True, cache=True)
def _temper(
    spins,
    streams,
    neighbours,
    order,
    first,
    planes,
    steps,
    inverse,
    sweeps,
    records,
    every,
):
    """Advance one block in place; the arrays are those of ``advance``."""
    temperatures, sites, _ = spins.shape
    states = np.empty((records, sites, WORDS), np.uint64)
    energies = np.empty((records, temperatures, LANES))
    energy = np.empty((temperatures, LANES), np.int64)
    accepted = np.zeros(temperatures - 1)
    work = np.empty(ROWS, np.uint64)
    tables = np.empty(16 * WORDS, np.uint64)
    work[: 4 * WORDS] = streams
    for step in range(records * every):
        for k in range(temperatures):
            _sweep(spins[k], work, tables, neighbours, order, planes[k])
            _measure(spins[k].view(np.uint32), neighbours, order, first, steps, energy[k])
        for k in range((sweeps + step) % 2, temperatures - 1, 2):
            accepted[k] += _exchange(spins, work, energy, (inverse[k] - inverse[k + 1]) * UNIT, k)
        if (step + 1) % every == 0:
            states[step // every] = spins[0]
            energies[step // every] = energy * UNIT
    streams[:] = work[: 4 * WORDS]
    return states, energies, accepted
