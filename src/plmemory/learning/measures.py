"""What is measured of Ising couplings while they are learned, and of any couplings afterwards.

Patterns are (replicate, pattern, site) of +1/-1, couplings (replicate, site, site) with a zero
diagonal; the local field is h_i = sum_j J_ij xi_j. Ratios whose denominator is zero (all couplings
zero) are undefined and come out as nan.
"""

from __future__ import annotations

import math

import numpy as np

from plmemory.backend import Backend

# Elements of the local fields held at once: bounds the memory of the measurements.
HELD = 1 << 20


def local_fields(couplings: np.ndarray, patterns: np.ndarray) -> np.ndarray:
    """Local fields h_i = sum_j J_ij xi_j, shape (R, P, N), in the type of the couplings."""
    return patterns.astype(couplings.dtype) @ couplings.swapaxes(-1, -2)


def row_norms(couplings: np.ndarray) -> np.ndarray:
    """Euclidean norms of the rows J_i, shape (R, N)."""
    return np.sqrt(np.einsum("...ij,...ij->...i", couplings, couplings, dtype=np.float64))


def stabilities(couplings: np.ndarray, patterns: np.ndarray) -> np.ndarray:
    """Stabilities xi_i h_i / |J_i| of the patterns, shape (R, P, N); nan where a row is zero.

    A pattern is a fixed point if and only if all its stabilities are positive (Gardner 1988).
    """
    norms = row_norms(couplings)[:, None, :]
    aligned = patterns * local_fields(couplings, patterns).astype(np.float64)
    return np.divide(aligned, norms, out=np.full(aligned.shape, np.nan), where=norms > 0)


def asymmetry(couplings: np.ndarray) -> np.ndarray:
    """Ratio of the Frobenius norms |J - J^T| / |J + J^T|, shape (R,).

    0 for symmetric couplings, 1 on average for independent J_ij and J_ji, infinite for
    antisymmetric ones. With eta = <J_ij J_ji> / <J_ij^2> it equals sqrt((1 - eta) / (1 + eta)).
    """
    transposed = couplings.swapaxes(-1, -2)
    odd = _frobenius(couplings - transposed)
    even = _frobenius(couplings + transposed)
    with np.errstate(divide="ignore", invalid="ignore"):
        return odd / even


def hebb_distance(couplings: np.ndarray, hebb: np.ndarray) -> np.ndarray:
    """Distance of the direction of the couplings to that of Hebb's, shape (R,).

    1 minus the cosine between the rows J_i of the two, averaged over the rows: 0 along Hebb's
    direction, 1 at right angles to it. ``hebb``: (R, N, N), of any norm.
    """
    product = np.einsum("rij,rij->ri", couplings, hebb, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1.0 - (product / (row_norms(couplings) * row_norms(hebb))).mean(axis=1)


def loss_and_min_stability(
    couplings: np.ndarray, patterns: np.ndarray, inverse_temperature: float, backend: Backend
) -> tuple[float, float]:
    """Pseudo-likelihood loss and smallest stability of one replicate's patterns.

    couplings: (N, N); patterns: (P, N). The loss is the mean over patterns and sites of
    -xi h + (1/lambda) log 2cosh(lambda h) = (1/lambda) log(1 + exp(-2 lambda xi h)), here split so
    that nothing overflows: max(-2 xi h, 0) + (1/lambda) log(1 + exp(-2 lambda |h|)).
    """
    xp = backend.xp
    count, sites = patterns.shape
    step = max(1, HELD // sites)
    norms = row_norms(couplings)
    matrix = backend.asarray(couplings)
    scale = backend.asarray(np.where(norms > 0, norms, np.nan))
    total, smallest = 0.0, math.inf
    for begin in range(0, count, step):
        block = backend.asarray(patterns[begin : begin + step])
        fields = xp.matmul(block, matrix.T)
        xp.multiply(fields, block, out=fields)
        smallest = min(smallest, float((fields / scale).min()))
        tail = xp.log1p(xp.exp(-2.0 * inverse_temperature * xp.abs(fields))) / inverse_temperature
        total += float(xp.sum(tail + xp.clip(-2.0 * fields, 0.0, None), dtype=xp.float64))
    return total / (count * sites), smallest if (norms > 0).all() else math.nan


def _frobenius(couplings: np.ndarray) -> np.ndarray:
    return np.sqrt(np.einsum("...ij,...ij->...", couplings, couplings, dtype=np.float64))
