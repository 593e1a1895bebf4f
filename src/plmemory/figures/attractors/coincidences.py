"""The number of attractors, from how often two starts reach the same one.

Of n starts at most n attractors can be seen, and the entropy of their shares is at most log n. How
often two independent starts meet is more informative: the fraction of such pairs is an unbiased
estimate of sum_a p_a^2, with p_a the share of starts that end in attractor a (Simpson 1949, Nature
163, 688; Ma 1981, J. Stat. Phys. 26, 221). Its inverse, n (n - 1) / 2 pairs over the coincidences,
is the number of attractors if all have the same share, and a lower bound else; its logarithm is the
Renyi entropy of order two. It is useful up to about n^2 attractors, where no pair meets any longer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

NONE_SEEN = -math.log(0.05)
"""The largest expected count that shows none with a probability of 0.05 (Poisson)."""


class Coincidences(NamedTuple):
    """Pairs of starts that reach the same attractor, over all replicates.

    entropy, error: of order two, in nats, and its standard error; NaN without a coincidence.
    least: lower bound of the entropy with 95 % confidence without a coincidence, else NaN.
    """

    number: int
    entropy: float
    error: float
    least: float


def shared(counts: np.ndarray) -> tuple[float, float]:
    """Fraction of pairs of starts that meet, and its standard error; NaN below four starts.

    ``counts`` (A,): starts that reach each attractor. The variance is that of a U
    statistic, by unbiased estimates of the moments of p.
    """
    number = counts.sum()
    if number < 4:
        return math.nan, math.nan
    pairs = number * (number - 1)
    two = float((counts * (counts - 1)).sum() / pairs)
    three = float((counts * (counts - 1) * (counts - 2)).sum() / (pairs * (number - 2)))
    # Hoeffding 1948; the square of the estimate exceeds the square of the sum by its variance.
    naive = 2 / pairs * (2 * (number - 2) * (three - two**2) + two - two**2)
    variance = naive / (1 - 2 * (2 * number - 3) / pairs)
    return two, math.sqrt(max(variance, 0.0))


def coincidences(counts: Sequence[np.ndarray]) -> Coincidences:
    """From the ``counts`` (A,) of each replicate, whose attractors are its own.

    The share is the mean over the replicates. Its error is that of this mean; for a single
    replicate it is that of the starts.
    """
    usable = [count for count in counts if count.sum() >= 4]
    found = np.array([shared(count) for count in usable]).reshape(-1, 2)
    met = sum(int((count * (count - 1)).sum()) // 2 for count in usable)
    if not met:
        pairs = sum(int(count.sum() * (count.sum() - 1)) // 2 for count in usable)
        least = math.log(pairs / NONE_SEEN) if pairs > NONE_SEEN else math.nan
        return Coincidences(0, math.nan, math.nan, least)
    mean, error = found[:, 0].mean(), found[0, 1]
    if len(found) > 1:
        error = found[:, 0].std(ddof=1) / math.sqrt(len(found))
    return Coincidences(met, -math.log(mean), float(error / mean), math.nan)
