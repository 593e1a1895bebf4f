"""Compiled loops of parallel tempering: a bit per chain, 64 per word, WORDS words per site."""

from __future__ import annotations

import numba
import numpy as np

WORDS = 16
LANES = 64 * WORDS
# Couplings are multiples of this, so energies are sums of integers, without rounding.
UNIT = 2.0**-18

# Rows of the workspace of the kernels, WORDS each, in one array: then the compiler knows that they
# do not overlap and vectorises. The first four belong to the generators.
UNDECIDED, UP, X, Y, Z, TURNED, ROWS = (row * WORDS for row in (4, 5, 6, 7, 8, 9, 10))
ALL = np.uint64(2**64 - 1)


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
    """All 16 functions of the neighbours x and y, one in each row: bit x + 2 y of its number."""
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
        # Flip all spins where the fourth neighbour is down: only the signs of the fields change.
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
                # Decided where the random bit differs from the threshold's; up where the latter is
                # set.
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
    """Energies (LANES,) in UNITs of states (site, 2 WORDS), 32 chains per half word.

    Every bond has one end at or after ``first``. Sums of 32 sites fit into 32 bits, which is
    faster.
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
    """Try to exchange the temperatures k and k + 1 in every lane; returns how many were exchanged.

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
def temper(
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
