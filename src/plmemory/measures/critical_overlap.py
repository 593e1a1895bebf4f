"""The critical overlap: the smallest initial overlap from which patterns are retrieved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.machine.backend import Backend
from plmemory.measures.nested import choose, flipping_ranks, retrieve
from plmemory.networks.contract import Step
from plmemory.networks.ising.synchronous import Synchronous


def critical_overlap(
    couplings: np.ndarray,
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator],
    *,
    max_steps: int,
    target: float = 0.95,
    tolerance: float = 0.005,
    subsample: int | None = None,
) -> np.ndarray:
    """Smallest initial overlap from which the mean final overlap exceeds ``target``: (R,).

    Bisection on the number of flipped sites between initial overlaps 0 and 1, which takes the
    mean over the patterns to rise with the initial overlap, down to a bracket no wider than
    ``tolerance`` (or one flipped site), then linear interpolation in it. NaN where the target is
    not exceeded even from the patterns themselves; 0 where it is from overlap 0. Parameters as for
    ``retrieval.maps.retrieval_map``.
    """
    critical = []
    for network, memories, rng in zip(couplings, patterns, rngs, strict=True):
        step = Synchronous(network, backend)
        chosen = choose(memories, subsample, rng)
        critical.append(
            _bisect(step, chosen, flipping_ranks(chosen, rng), max_steps, target, tolerance)
        )
    return np.array(critical)


def _bisect(
    step: Step,
    patterns: np.ndarray,
    ranks: np.ndarray,
    max_steps: int,
    target: float,
    tolerance: float,
) -> float:
    sites = patterns.shape[1]

    def reached(count: int) -> float:
        return float(retrieve(step, patterns, ranks < count, max_steps)[0].mean())

    easy, hard = 0, sites // 2
    above, below = reached(easy), np.nan
    if not above > target:
        return np.nan
    while hard - easy > max(1, tolerance * sites / 2):
        middle = (easy + hard) // 2
        mean = reached(middle)
        if mean > target:
            easy, above = middle, mean
        else:
            hard, below = middle, mean
    if np.isnan(below):
        below = reached(hard)
        if below > target:
            return 0.0
    crossing = easy + (hard - easy) * (above - target) / (above - below)
    return 1 - 2 * crossing / sites
