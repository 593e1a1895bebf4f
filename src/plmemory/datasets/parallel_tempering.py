"""Parallel tempering of Ising spins on bipartite graphs, many independent chains at once.

A *chain* is one complete ladder of temperatures. A *block* holds LANES chains side by side
in memory: the compiled inner loops run over the chains of a block, blocks run on threads.
Every chain draws from a random stream of its own, so results depend on neither the number
of threads nor the order in which they run.

One sweep updates all sites of one colour of the checkerboard, then all of the other, by the
heat bath, at every temperature; then neighbouring temperatures try to exchange their
configurations (even pairs after even sweeps, odd pairs after odd ones).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numba
import numpy as np

LANES = 32


class Graph(NamedTuple):
    """A bipartite graph of at most four bonds a site.

    neighbours: (site, 4) indices; bonds: (site, 4) couplings, zero where there is no bond;
    colour: (site,) 0 or 1, and every bond joins a 0 to a 1.
    """

    neighbours: np.ndarray
    bonds: np.ndarray
    colour: np.ndarray


@dataclass
class Chains:
    """The state of all chains, advanced in place by ``advance``.

    spins: (block, temperature, site, lane) of 0 or 1; streams: (block, 4, lane) state of the
    random generators; sweeps: how many sweeps are done.
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
    blocks = (states > 0).astype(np.uint8).reshape(chains // LANES, LANES, sites)
    spins = np.repeat(blocks.transpose(0, 2, 1)[:, None], temperatures, axis=1)
    # An all-zero state would be stuck; the lowest bit of the first word rules it out.
    streams = rng.integers(2**32, size=(len(blocks), 4, LANES), dtype=np.uint32)
    streams[:, 0] |= np.uint32(1)
    return Chains(spins, streams)


def advance(
    chains: Chains,
    graph: Graph,
    temperatures: Sequence[float] | np.ndarray,
    *,
    records: int,
    every: int,
    threads: int = 1,
) -> Record:
    """Run ``records * every`` sweeps; record the last of each ``every`` (energies: unit of J)."""
    inverse = 1 / np.asarray(temperatures, dtype=np.float64)
    fields = _fields(graph.bonds)
    # Heat bath: up if a 32-bit random integer lies below this, probability (1 + tanh(h/T)) / 2.
    up = 2.0**31 * (1 + np.tanh(inverse[:, None, None] * fields))
    thresholds = np.minimum(up, 2**32 - 1).astype(np.uint32)
    local_energies = np.concatenate([fields, -fields], axis=1)
    order = np.argsort(graph.colour, kind="stable").astype(np.int32)
    first = int((graph.colour == 0).sum())
    neighbours = graph.neighbours.astype(np.int32)

    def run(block: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return _temper(
            chains.spins[block], chains.streams[block], neighbours, order, first,
            thresholds, local_energies, inverse, chains.sweeps, records, every,
        )  # fmt: skip

    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(run, range(len(chains.spins))))
    before, chains.sweeps = chains.sweeps, chains.sweeps + records * every
    states = np.concatenate([states for states, _, _ in results], axis=2)
    accepted = sum(accepted for _, _, accepted in results)
    parity = np.arange(len(inverse) - 1) % 2
    attempts = (chains.sweeps + 1 - parity) // 2 - (before + 1 - parity) // 2
    return Record(
        np.ascontiguousarray(states.transpose(0, 2, 1)) * np.int8(2) - np.int8(1),
        np.concatenate([energies for _, energies, _ in results], axis=2),
        accepted / np.maximum(attempts * states.shape[2], 1),
    )


def _fields(bonds: np.ndarray) -> np.ndarray:
    """Local field of every site for every setting of its neighbours: (site, 16)."""
    settings = 2 * (np.arange(16)[:, None] >> np.arange(4) & 1) - 1
    return (bonds[:, None, :] * settings).sum(axis=2)


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


@numba.njit(nogil=True)
def _draw(streams, draws):
    """One 32-bit random integer for every lane: xoshiro128++ (Blackman & Vigna 2021)."""
    first, second, third, fourth = streams[0], streams[1], streams[2], streams[3]
    for lane in range(LANES):
        a, b, c, d = first[lane], second[lane], third[lane], fourth[lane]
        total = np.uint32(a + d)
        rotated = np.uint32((total << np.uint32(7)) | (total >> np.uint32(25)))
        draws[lane] = np.uint32(rotated + a)
        shifted = np.uint32(b << np.uint32(9))
        c ^= a
        d ^= b
        first[lane] = a ^ d
        second[lane] = b ^ c
        third[lane] = c ^ shifted
        fourth[lane] = np.uint32((d << np.uint32(11)) | (d >> np.uint32(21)))


@numba.njit(nogil=True)
def _sweep(
    spins, streams, draws, setting, energy, neighbours, order, first, thresholds, local_energies
):
    """Heat bath over all sites (site, lane) at one temperature; writes the energy (lane,)."""
    energy[:] = 0.0
    for position in range(len(order)):
        i = order[position]
        # Row views, one byte wide throughout: else the compiler finds no vector code.
        a, b = spins[neighbours[i, 0]], spins[neighbours[i, 1]]
        c, d = spins[neighbours[i, 2]], spins[neighbours[i, 3]]
        for lane in range(LANES):
            low = np.uint8(a[lane] | np.uint8(b[lane] << np.uint8(1)))
            high = np.uint8(np.uint8(c[lane] << np.uint8(2)) | np.uint8(d[lane] << np.uint8(3)))
            setting[lane] = low | high
        _draw(streams, draws)
        spin, threshold = spins[i], thresholds[i]
        for lane in range(LANES):
            spin[lane] = draws[lane] < threshold[setting[lane]]
        # Every bond has one end of the second colour, whose neighbours are done.
        if position >= first:
            local = local_energies[i]
            for lane in range(LANES):
                energy[lane] += local[setting[lane] | np.uint8(spin[lane] << np.uint8(4))]


@numba.njit(nogil=True)
def _exchange(spins, streams, draws, mask, energy, inverse, k):
    """Try to exchange the temperatures k and k + 1 in every lane; returns how many did."""
    _draw(streams, draws)
    accepted = 0
    for lane in range(LANES):
        gain = (inverse[k] - inverse[k + 1]) * (energy[k, lane] - energy[k + 1, lane])
        accept = draws[lane] < np.exp(min(gain, 0.0)) * 4294967296.0
        mask[lane] = accept
        if accept:
            accepted += 1
            energy[k, lane], energy[k + 1, lane] = energy[k + 1, lane], energy[k, lane]
    for i in range(spins.shape[1]):
        here, there = spins[k, i], spins[k + 1, i]
        for lane in range(LANES):
            differs = np.uint8((here[lane] ^ there[lane]) & mask[lane])
            here[lane] ^= differs
            there[lane] ^= differs
    return accepted


@numba.njit(nogil=True)
def _temper(
    spins,
    streams,
    neighbours,
    order,
    first,
    thresholds,
    local_energies,
    inverse,
    sweeps,
    records,
    every,
):
    """Advance one block in place; the arrays are those of ``advance``."""
    temperatures, sites, lanes = spins.shape
    states = np.empty((records, sites, lanes), np.int8)
    energies = np.empty((records, temperatures, lanes))
    energy = np.empty((temperatures, lanes))
    accepted = np.zeros(temperatures - 1)
    draws = np.empty(lanes, np.uint32)
    scratch = np.empty(lanes, np.uint8)
    for step in range(records * every):
        for k in range(temperatures):
            _sweep(
                spins[k], streams, draws, scratch, energy[k],
                neighbours, order, first, thresholds[k], local_energies,
            )  # fmt: skip
        for k in range((sweeps + step) % 2, temperatures - 1, 2):
            accepted[k] += _exchange(spins, streams, draws, scratch, energy, inverse, k)
        if (step + 1) % every == 0:
            for i in range(sites):
                for lane in range(LANES):
                    states[step // every, i, lane] = spins[0, i, lane]
            for k in range(temperatures):
                for lane in range(LANES):
                    energies[step // every, k, lane] = energy[k, lane]
    return states, energies, accepted
