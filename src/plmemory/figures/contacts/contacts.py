"""Contacts from Potts couplings: gauge, scores, precision and its error, mean-field baseline.

Couplings are ``J[i, a, j, b]`` of the shape (N, q, N, q), as ``learning.potts`` returns them for
each replicate.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.linalg import lapack

from plmemory.errors import InputError

MEAN_FIELD = "mean_field"  # the name of the baseline among the rules


class Ranking(NamedTuple):
    """Pairs of sites by falling score: sites (K, 2), score (K,), contact (K,) bool.

    precision: (K,), the fraction of contacts among the first 1 .. K pairs.
    """

    pairs: np.ndarray
    score: np.ndarray
    contact: np.ndarray
    precision: np.ndarray


def zero_sum(couplings: np.ndarray) -> np.ndarray:
    """Couplings in the zero-sum gauge: sums over either colour vanish."""
    centred = couplings - couplings.mean(axis=1, keepdims=True)
    return centred - centred.mean(axis=3, keepdims=True)


def frobenius(couplings: np.ndarray, ignored_colour: int | None) -> np.ndarray:
    """Norm (N, N) of the zero-sum couplings of each pair, averaged over both directions.

    ``ignored_colour`` (usually the gap) is omitted from the norm after the gauge is fixed.
    """
    gauged = zero_sum(couplings.astype(np.float64))
    gauged = (gauged + gauged.transpose(2, 3, 0, 1)) / 2
    if ignored_colour is not None:
        gauged = np.delete(np.delete(gauged, ignored_colour, axis=1), ignored_colour, axis=3)
    return np.sqrt(np.einsum("iajb,iajb->ij", gauged, gauged))


def average_product_correction(scores: np.ndarray) -> np.ndarray:
    """Symmetric scores (N, N) minus the product of the sites' means over the overall mean.

    The diagonal is ignored and set to zero (Dunn, Wahl & Gloor, Bioinformatics 24, 2008).
    """
    sites = len(scores)
    bare = scores - np.diag(np.diag(scores))
    mean = bare.sum(axis=0) / (sites - 1)
    corrected = bare - np.outer(mean, mean) / mean.mean()
    np.fill_diagonal(corrected, 0)
    return corrected


def rank(
    scores: np.ndarray, distances: np.ndarray, *, cutoff: float, min_separation: int
) -> Ranking:
    """Rank the pairs of sites whose distance is known by their score.

    Parameters
    ----------
    scores : (N, N), symmetric.
    distances : (N, N) in angstrom, NaN where unknown.
    cutoff : a contact is closer than this, in angstrom.
    min_separation : only pairs of sites i < j with j - i at least this are ranked.
    """
    first, second = np.triu_indices(len(scores), k=min_separation)
    known = np.isfinite(distances[first, second])
    first, second = first[known], second[known]
    order = np.argsort(-scores[first, second], kind="stable")
    pairs = np.stack([first[order], second[order]], axis=1)
    contact = distances[pairs[:, 0], pairs[:, 1]] < cutoff
    precision = np.cumsum(contact) / np.arange(1, len(contact) + 1)
    return Ranking(pairs, scores[pairs[:, 0], pairs[:, 1]], contact, precision)


def along_the_chain(ranking: Ranking) -> np.ndarray:
    """Precision (K,) of a ranking by the separation of the columns alone, nearest first.

    For pairs of equal separation, the expectation over all orders.
    """
    separation = ranking.pairs[:, 1] - ranking.pairs[:, 0]
    _, group, size = np.unique(separation, return_inverse=True, return_counts=True)
    share = np.bincount(group, weights=ranking.contact) / size
    return np.cumsum(np.repeat(share, size)) / np.arange(1, len(separation) + 1)


def blocks_drawn(
    sites: int, block: int, resamples: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Bootstrap over blocks of ``block`` neighbouring columns; the last may be shorter.

    Neighbours are in contact with the same parts of a structure, so single columns are not
    independent. Returns the block of each site (N,), and how often each resample drew each block
    (S, B).
    """
    blocks = -(-sites // block)
    times = rng.multinomial(blocks, np.full(blocks, 1 / blocks), size=resamples)
    return np.arange(sites) // block, times


def resampled(
    ranking: Ranking, drawn: tuple[np.ndarray, np.ndarray], ranks: np.ndarray
) -> np.ndarray:
    """Precision at ``ranks`` (k,) in each resample of ``blocks_drawn``: (S, k).

    The weight of a pair is the product of the counts of its two blocks or, within one block, the
    count of this block: columns of two copies of a block have no distance.
    """
    block, times = drawn
    first, second = block[ranking.pairs].T
    precision = np.empty((len(times), len(ranks)))
    for row, often in zip(precision, times, strict=True):
        weight = np.where(first == second, often[first], often[first] * often[second])
        total = np.concatenate([[0], np.cumsum(weight)])
        hits = np.concatenate([[0], np.cumsum(weight * ranking.contact)])
        reached = np.minimum(ranks, total[-1])
        row[:] = np.interp(reached, total, hits) / np.maximum(reached, 1)
    return precision


def mean_field(
    sequences: np.ndarray, weights: np.ndarray, states: int, pseudocount: float
) -> np.ndarray:
    """Mean-field couplings (N, q, N, q), the baseline: minus the inverse correlations.

    Frequencies are mixed with the fraction ``pseudocount`` of the uniform distribution; the last
    colour is the gauge's reference (Morcos et al., PNAS 108, 2011, eqs. 2, 3 and 6 of the
    supplement). ``sequences``: (P, N) colours; ``weights``: (P,).

    Raises
    ------
    InputError
        If the correlations have no inverse, for example without a pseudocount.
    """
    sites = sequences.shape[1]
    indicators = (sequences[:, :, None] == np.arange(states - 1)).reshape(len(sequences), -1)
    scaled = indicators * np.sqrt(weights / weights.sum())[:, None]
    single = (1 - pseudocount) * np.average(indicators, axis=0, weights=weights)
    single += pseudocount / states
    pair = (1 - pseudocount) * (scaled.T @ scaled) + pseudocount / states**2
    free = states - 1
    for site in range(sites):
        block = slice(site * free, (site + 1) * free)
        pair[block, block] = np.diag(single[block])
    inverse = _inverse(pair - np.outer(single, single))
    couplings = np.zeros((sites, states, sites, states))
    couplings[:, :free, :, :free] = -inverse.reshape(sites, free, sites, free)
    couplings[np.arange(sites), :, np.arange(sites), :] = 0
    return couplings


def _inverse(correlations: np.ndarray) -> np.ndarray:
    """Inverse of a positive definite matrix, by Cholesky: less than half the usual work."""
    factor, fault = lapack.dpotrf(correlations, lower=True)
    if fault:
        raise InputError(
            "pseudocount: found correlations that have no inverse, expected a larger pseudocount"
        )
    inverse, _ = lapack.dpotri(factor, lower=True)
    return np.asarray(np.tril(inverse) + np.tril(inverse, -1).T)
