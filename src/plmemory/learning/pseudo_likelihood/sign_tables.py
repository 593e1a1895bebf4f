"""Gradients of the Ising pseudo-likelihood with few multiplications, compiled for a CPU.

Fields and gradient are products of the patterns, which are signs, with a real matrix: S M and
S^T R. For six rows of the matrix a table contains all 64 signed sums; a row of the product then
takes one addition instead of six multiplications (the method of the four Russians, Arlazarov,
Dinic, Kronrod and Faradzhev 1970, Dokl. Akad. Nauk SSSR 194, 487). Eight tables at a time, for the
32 sites of a block, fit into the caches of a core. This takes less than half the time of a product
in single precision (docs/performance.md), with the same rounding.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from plmemory.machine.exponential import compiled, exponential

# Sites of a block: columns of a table.
WIDTH = 32
# Tables whose entries are added up at a time.
TABLES = 8
# Most rows of the matrix in a table; fewer in products with few rows, for which filling a table
# would take longer than adding up its entries.
MOST_MEMBERS = 6
MOST_MEMBERS_OF_FEW = 5
FEW = 512
# Most patterns whose residuals are computed at a time: a block of them fits into the cache of a
# core.
HELD = 2048
# Numbers added by one instruction; in double precision by two.
LANES = 8


class Codes(NamedTuple):
    """Patterns (P, N), encoded for the products.

    spins: (B, P, WIDTH), of the sites of the rows, by blocks, zero beyond the last.
    For each of C parts of ``held`` patterns (the last may have fewer), the entries whose bit b is
    the sign of member b of a group:
    by_pattern: (C, G, held), of groups of ``sites`` sites;
    by_site: (C, H, N), of groups of ``patterns`` patterns.
    """

    spins: np.ndarray
    by_pattern: np.ndarray
    sites: int
    by_site: np.ndarray
    patterns: int


def encode(patterns: np.ndarray, rows: slice = slice(None)) -> Codes:
    """The codes of patterns (P, N) of +1/-1, for some rows of a product."""
    count, sites = patterns.shape
    first, last, _ = rows.indices(sites)
    parts = -(-count // HELD)
    held = -(-count // parts)
    site_groups, of_sites = _groups(sites, held)
    pattern_groups, of_patterns = _groups(held, sites)
    codes = Codes(
        np.zeros((-(-(last - first) // WIDTH), count, WIDTH), dtype=np.int8),
        np.zeros((parts, site_groups, held), dtype=np.uint8),
        of_sites,
        np.zeros((parts, pattern_groups, sites), dtype=np.uint8),
        of_patterns,
    )
    _encode(patterns, first, last, *codes)
    return codes


def add_up(codes: Codes, block: int, scaled: Any, total: Any) -> None:
    """Set a block of rows of ``total`` (n, N) to sum_mu (xi_i - tanh(lambda h_i)) xi_j / 2.

    The rows are those from ``block * WIDTH`` on. scaled: 2 lambda J, (n, N), in the rows of the
    codes.
    """
    _add_up(*codes, block, scaled, total)


def _groups(members: int, rows: int) -> tuple[int, int]:
    """Number of groups, a multiple of TABLES, and their size, for products with ``rows`` rows."""
    most = MOST_MEMBERS_OF_FEW if rows < FEW else MOST_MEMBERS
    number = TABLES * -(-members // (TABLES * most))
    return number, -(-members // number)


@compiled
def _encode(
    patterns: Any,
    first: int,
    last: int,
    spins: Any,
    by_pattern: Any,
    of_sites: int,
    by_site: Any,
    of_patterns: int,
) -> None:
    count, sites = patterns.shape
    held = by_pattern.shape[2]
    for mu in range(count):
        row = patterns[mu]
        part = mu // held
        place = mu % held
        for group in range(by_pattern.shape[1]):
            entry = 0
            for j in range(group * of_sites, min((group + 1) * of_sites, sites)):
                entry |= (row[j] > 0) << (j - group * of_sites)
            by_pattern[part, group, place] = entry
        entries = by_site[part, place // of_patterns]
        bit = np.uint8(1 << place % of_patterns)
        for j in range(sites):
            entries[j] |= bit if row[j] > 0 else np.uint8(0)
        for block in range(len(spins)):
            begin = first + block * WIDTH
            signs = row[begin : min(begin + WIDTH, last)]
            for i in range(len(signs)):
                spins[block, mu, i] = np.int8(signs[i])


def _sum_of_rows(_: Any, number: Any, out: Any, rows: Any) -> Any:
    """Set WIDTH numbers at the address ``out`` to the sum of those at the addresses ``rows``.

    ``number``: any of their type. Written in registers: in loops over arrays the compiler would
    check each time whether they overlap.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        register = ir.VectorType(context.get_value_type(signature.args[0]), LANES)
        _, target, addresses = arguments
        places = [builder.extract_value(addresses, k) for k in range(len(signature.args[2]))]
        places = [builder.inttoptr(place, register.as_pointer()) for place in [target, *places]]
        for lane in range(WIDTH // LANES):
            index = [ir.Constant(ir.IntType(32), lane)]
            target, *sources = (builder.gep(place, index) for place in places)
            terms = [builder.load(source, align=4) for source in sources]
            while len(terms) > 1:
                pairs = zip(terms[::2], terms[1::2], strict=False)
                terms = [builder.fadd(*pair) for pair in pairs] + terms[len(terms) // 2 * 2 :]
            builder.store(terms[0], target, align=4)
        return context.get_dummy_value()

    return types.void(number, types.uintp, types.UniTuple(types.uintp, len(rows))), generate


_set_sum: Any = intrinsic(_sum_of_rows)


@compiled
def _add_up(
    spins: Any,
    by_pattern: Any,
    of_sites: int,
    by_site: Any,
    of_patterns: int,
    block: int,
    scaled: Any,
    total: Any,
) -> None:
    rows, sites = scaled.shape
    first = block * WIDTH
    width = min(WIDTH, rows - first)
    tables = np.empty((TABLES, 1 << MOST_MEMBERS, WIDTH), scaled.dtype)
    couplings = np.zeros((by_pattern.shape[1] * of_sites, WIDTH), scaled.dtype)
    for i in range(width):
        for j in range(sites):
            couplings[j, i] = scaled[first + i, j] + scaled[first + i, j]
    sums = np.zeros((sites, WIDTH), scaled.dtype)
    sums_of_part = np.empty_like(sums)  # separate sums, for less rounding
    residuals = np.empty((by_site.shape[1] * of_patterns, WIDTH), scaled.dtype)
    for part in range(len(by_site)):
        begin = part * by_pattern.shape[2]
        own = spins[block, begin : begin + by_pattern.shape[2]]
        residuals[:] = 0
        _add_half_product(by_pattern[part], of_sites, couplings, tables, residuals[: len(own)])
        _turn_into_residuals(residuals, own)
        sums_of_part[:] = 0
        _add_half_product(by_site[part], of_patterns, residuals, tables, sums_of_part)
        sums += sums_of_part
    for i in range(width):
        for j in range(sites):
            total[first + i, j] = sums[j, i]


@compiled
def _turn_into_residuals(fields: Any, spins: Any) -> None:
    """Turn 2 lambda h_i (>= P, WIDTH) into xi_i - tanh(lambda h_i), for the spins (P, WIDTH)."""
    number = fields.dtype.type
    one = number(1)
    for mu in range(len(spins)):
        for i in range(WIDTH):
            xi = number(spins[mu, i])
            fields[mu, i] = (xi + xi) / (one + exponential(xi * fields[mu, i]))


@compiled
def _add_half_product(codes: Any, members: int, matrix: Any, tables: Any, out: Any) -> None:
    """Add S M / 2 to ``out`` (n, WIDTH).

    codes: (G, >= n) of S; matrix: (G members, WIDTH), beyond the columns of S zero.
    """
    for group in range(0, len(codes), TABLES):
        for k in range(TABLES):
            _fill(matrix[(group + k) * members : (group + k + 1) * members], tables[k])
        _add_entries(codes[group : group + TABLES], tables, out)


@compiled
def _fill(rows: Any, table: Any) -> None:
    """Set entry e to half the sum of the rows, with a minus where a bit of e is not set."""
    half = table.dtype.type(0.5)
    for i in range(WIDTH):
        table[0, i] = 0
    for row in rows:
        for i in range(WIDTH):
            table[0, i] -= half * row[i]
    size = np.uintp(table.itemsize * WIDTH)
    begin = np.uintp(table.ctypes.data)
    for bit in range(len(rows)):
        row = np.uintp(rows[bit].ctypes.data)
        filled = np.uintp(1 << bit) * size
        for place in range(begin, begin + filled, size):
            _set_sum(half, place + filled, (place, row))


@compiled
def _add_entries(codes: Any, tables: Any, out: Any) -> None:
    """Add to each row of ``out`` (n, WIDTH) its entries (TABLES, >= n) of all tables."""
    number = out.dtype.type(0)
    size = np.uintp(out.itemsize * WIDTH)
    place = np.uintp(out.ctypes.data)
    gap = np.uintp(tables.shape[1]) * size
    t0 = np.uintp(tables.ctypes.data)
    t1, t2, t3 = t0 + gap, t0 + np.uintp(2) * gap, t0 + np.uintp(3) * gap
    t4 = t0 + np.uintp(4) * gap
    t5, t6, t7 = t4 + gap, t4 + np.uintp(2) * gap, t4 + np.uintp(3) * gap
    for r in range(len(out)):
        entries = (
            place,
            t0 + np.uintp(codes[0, r]) * size,
            t1 + np.uintp(codes[1, r]) * size,
            t2 + np.uintp(codes[2, r]) * size,
            t3 + np.uintp(codes[3, r]) * size,
            t4 + np.uintp(codes[4, r]) * size,
            t5 + np.uintp(codes[5, r]) * size,
            t6 + np.uintp(codes[6, r]) * size,
            t7 + np.uintp(codes[7, r]) * size,
        )
        _set_sum(number, place, entries)
        place += size
