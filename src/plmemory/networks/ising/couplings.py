"""Quantities of Ising couplings, during the training and afterwards.

Patterns are (replicate, pattern, site) of +1/-1, couplings (replicate, site, site) with a zero
diagonal; the local field is h_i = sum_j J_ij xi_j. Ratios whose denominator is zero (all couplings
zero) are undefined and returned as nan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

# Rows of couplings summed together in double precision, in the cache of a core.
ROWS = 64


def local_fields(couplings: np.ndarray, patterns: np.ndarray) -> np.ndarray:
    """Local fields h_i = sum_j J_ij xi_j, shape (R, P, N), in the type of the couplings."""
    return patterns.astype(couplings.dtype) @ couplings.swapaxes(-1, -2)


def row_norms(couplings: np.ndarray) -> np.ndarray:
    """Euclidean norms of the rows J_i, shape (R, N)."""
    norms = [[np.sqrt(np.vecdot(rows, rows)) for rows in _blocks(matrix)] for matrix in couplings]
    return np.stack([np.concatenate(blocks) for blocks in norms])


def stabilities(
    couplings: np.ndarray, patterns: np.ndarray, own: np.ndarray | None = None
) -> np.ndarray:
    """Stabilities xi_i h_i / |J_i| of the patterns, shape (R, P, N); nan where a row is zero.

    ``own``: the patterns (R, P, n) on the sites of the couplings, where these are rows (R, n, N).
    A pattern is a fixed point if and only if all its stabilities are positive (Gardner 1988).
    """
    norms = row_norms(couplings)[:, None, :]
    spins = patterns if own is None else own
    aligned = spins * local_fields(couplings, patterns).astype(np.float64)
    return np.divide(aligned, norms, out=np.full(aligned.shape, np.nan), where=norms > 0)


def asymmetry(couplings: np.ndarray) -> np.ndarray:
    """Ratio of the Frobenius norms |J - J^T| / |J + J^T|, shape (R,).

    0 for symmetric couplings, 1 on average for independent J_ij and J_ji, infinite for
    antisymmetric ones. With eta = <J_ij J_ji> / <J_ij^2> it equals sqrt((1 - eta) / (1 + eta)).
    """
    pairs = (zip(_blocks(matrix), _blocks(matrix.T), strict=True) for matrix in couplings)
    return np.array([asymmetry_of(blocks) for blocks in pairs])


def asymmetry_of(blocks: Iterable[tuple[np.ndarray, np.ndarray]]) -> float:
    """The same for one network, from blocks of rows J_i (n, N) with the columns J_.i."""
    odd = even = np.float64(0)
    for rows, columns in blocks:
        odd += _square(rows - columns)
        even += _square(rows + columns)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.sqrt(odd) / np.sqrt(even))


def energy_and_stability(
    states: np.ndarray, blocks: Iterable[tuple[slice, np.ndarray]], norms: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Energy per site and smallest stability of states (S, N), each (S,).

    Stabilities s_i h_i / |J_i| of rows without couplings count as zero. ``blocks``: rows and their
    couplings (n, N), in double precision; ``norms`` (N,) of all rows.
    """
    energy, smallest = np.zeros(len(states)), np.full(len(states), np.inf)
    exact = states.astype(np.float64)
    for rows, block in blocks:
        aligned, size = (exact @ block.T) * states[:, rows], norms[rows]
        stabilities = np.divide(aligned, size, out=np.zeros(aligned.shape), where=size > 0)
        energy -= aligned.sum(axis=1) / (2 * len(norms))
        smallest = np.minimum(smallest, stabilities.min(axis=1))
    return energy, smallest


def hebb_distance(couplings: np.ndarray, hebb: np.ndarray) -> np.ndarray:
    """Distance of the direction of the couplings to that of Hebb's, shape (R,).

    1 minus the cosine between the rows J_i of the two, averaged over the rows: 0 along Hebb's
    direction, 1 orthogonal to it. ``hebb``: (R, N, N), of any norm.
    """
    distance = np.empty(len(couplings))
    with np.errstate(divide="ignore", invalid="ignore"):
        for r, (matrix, reference) in enumerate(zip(couplings, hebb, strict=True)):
            cosines = []
            for rows, others in zip(_blocks(matrix), _blocks(reference), strict=True):
                norms = np.sqrt(np.vecdot(rows, rows)) * np.sqrt(np.vecdot(others, others))
                cosines.append(np.vecdot(rows, others) / norms)
            distance[r] = 1.0 - np.concatenate(cosines).mean()
    return distance


def symmetric_part(couplings: np.ndarray) -> np.ndarray:
    """(J + J^T)/2 of couplings (..., N, N)."""
    return (couplings + couplings.swapaxes(-1, -2)) / 2


def energies(
    couplings: np.ndarray, states: np.ndarray, after: np.ndarray | None = None
) -> np.ndarray:
    """Energies per site -(1/(2N)) sum_ij s'_i J_ij s_j of states (R, S, N), shape (R, S).

    ``after``: the states s' one synchronous step later, the default the states themselves. Only
    the symmetric part of J then enters: for J = J^T it is the Ising energy -sum_{i<j} J_ij s_i s_j
    over N. Synchronous dynamics need not lower this energy, but for J = J^T the energy of a step
    never rises (Goles & Olivos 1981). On a bipartite lattice the energy of a step is the mean of
    the Ising energies of the two independent histories.
    """
    fields = local_fields(couplings, states)
    later = states if after is None else after
    return np.einsum("rsi,rsi->rs", fields, later, dtype=np.float64) / (-2 * states.shape[-1])


def reconstruction_error(couplings: np.ndarray, target: np.ndarray) -> np.ndarray:
    """gamma = |J_sym - J'| / |J'| (Frobenius norms), shape (R,).

    ``target`` J' (R or 1, N, N): the result of ideal learning from samples at temperature T of a
    system with couplings J: J / (lambda T), so J / T for lambda = 1.
    """
    difference = symmetric_part(couplings).astype(np.float64) - target
    return np.linalg.norm(difference, axis=(-2, -1)) / np.linalg.norm(target, axis=(-2, -1))


def coupling_cosine(couplings: np.ndarray, target: np.ndarray) -> np.ndarray:
    """R = cosine of the angle between J_sym and the true couplings, as vectors, shape (R,)."""
    learned = symmetric_part(couplings).astype(np.float64)
    product = (learned * target).sum(axis=(-2, -1))
    norms = np.linalg.norm(learned, axis=(-2, -1)) * np.linalg.norm(target, axis=(-2, -1))
    return product / norms


def losses(margins: Any, xp: Any) -> Any:
    """Pseudo-likelihood losses log(1 + exp(-z)) for margins z = 2 lambda xi h, elementwise.

    Their mean over patterns and sites, divided by lambda, is that of -xi h + (1/lambda) log
    2cosh(lambda h). Written such that nothing overflows: log(1 + exp(-|z|)) + max(-z, 0). ``xp``:
    the array library.
    """
    exponential = xp.abs(margins)
    xp.negative(exponential, out=exponential)
    xp.exp(exponential, out=exponential)
    # log(1 + y) = log(u) + (y - (u - 1)) / u with u = 1 + y rounded: numpy's log1p takes six times
    # as long.
    rounded = exponential + 1.0
    found = xp.log(rounded)
    exponential -= rounded - 1.0
    exponential /= rounded
    found += exponential
    return xp.subtract(found, xp.clip(margins, None, 0.0), out=found)


def _blocks(matrix: np.ndarray) -> Iterator[np.ndarray]:
    """The rows in double precision, in blocks."""
    for begin in range(0, len(matrix), ROWS):
        yield matrix[begin : begin + ROWS].astype(np.float64)


def _square(matrix: np.ndarray) -> float:
    return float(np.vdot(matrix, matrix))
