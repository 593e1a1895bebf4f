"""What is measured of Ising couplings while they are learned, and of any couplings afterwards.

Patterns are (replicate, pattern, site) of +1/-1, couplings (replicate, site, site) with a zero
diagonal; the local field is h_i = sum_j J_ij xi_j. Ratios whose denominator is zero (all couplings
zero) are undefined and come out as nan.
"""

from __future__ import annotations

import math

import numpy as np

from plmemory.backend import Backend

# Elements of one block of local fields: bounds the memory of the measurements.
BLOCK = 1 << 22


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
) -> tuple[np.ndarray, np.ndarray]:
    """Pseudo-likelihood loss and smallest stability over patterns and sites, each (R,).

    The loss is the mean over patterns and sites of -xi h + (1/lambda) log 2cosh(lambda h), here as
    |h| - xi h + (1/lambda) log(1 + exp(-2 lambda |h|)), which cannot overflow.
    """
    xp = backend.xp
    replicates, count, sites = patterns.shape
    step = max(1, BLOCK // sites)
    losses = np.empty(replicates)
    smallest = np.empty(replicates)
    norms = row_norms(couplings)
    for r in range(replicates):
        matrix = backend.asarray(couplings[r])
        scale = backend.asarray(norms[r])
        total, lowest = 0.0, math.inf
        for begin in range(0, count, step):
            block = backend.asarray(patterns[r, begin : begin + step])
            fields = xp.matmul(block, matrix.T)
            sizes = xp.abs(fields)
            xp.multiply(fields, block, out=fields)
            tail = xp.log1p(xp.exp(-2.0 * inverse_temperature * sizes)) / inverse_temperature
            total += float(xp.sum(sizes - fields + tail, dtype=xp.float64))
            if norms[r].min() > 0:
                lowest = min(lowest, float((fields / scale).min()))
        losses[r] = total / (count * sites)
        smallest[r] = lowest if norms[r].min() > 0 else math.nan
    return losses, smallest


def _frobenius(couplings: np.ndarray) -> np.ndarray:
    return np.sqrt(np.einsum("...ij,...ij->...", couplings, couplings, dtype=np.float64))
