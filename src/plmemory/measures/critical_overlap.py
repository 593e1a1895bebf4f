"""Critical overlaps: the smallest initial overlaps from which patterns are retrieved.

There are two definitions, measured from the same starts. ``critical_overlap``: the mean final
overlap reaches a target. ``half_overlap``: half of the starts end at least as close as the target
to their pattern. Starts that are lost keep an overlap that depends on the rule and on N; therefore
the fraction of lost starts at the critical overlap depends on them too. At the half overlap this
fraction is always one half.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from plmemory.measures.nested import Nested, retrieve
from plmemory.networks.contract import Step

TARGET = 0.95
TOLERANCE = 0.005
HALF = 0.5


class Boundaries(NamedTuple):
    """Initial overlaps from which patterns are retrieved, by both definitions, (R,) each."""

    critical_overlap: np.ndarray
    half_overlap: np.ndarray


def boundaries(
    steps: Iterable[Step],
    starts: Iterable[Nested],
    *,
    max_steps: int,
    target: float = TARGET,
    tolerance: float = TOLERANCE,
    cycles: bool = True,
) -> Boundaries:
    """Smallest initial overlaps from which R networks retrieve their patterns in ``max_steps``.

    ``steps``: the dynamics of each network. ``cycles``: whether it is deterministic, see
    ``relax_with``.

    The method is bisection on the number of flipped sites between initial overlaps 0 and 1, down to
    a bracket of at most ``tolerance`` (or one flipped site), then linear interpolation. It assumes
    that the mean final overlap, and the fraction of starts that end above ``target``, increase with
    the initial overlap. NaN if not even the patterns themselves end above the target; 0 if starts
    of overlap 0 do.
    """
    found = [
        _boundary(step, nested, max_steps, target, tolerance, cycles)
        for step, nested in zip(steps, starts, strict=True)
    ]
    return Boundaries(*np.array(found).reshape(-1, 2).T)


def _boundary(
    step: Step, starts: Nested, max_steps: int, target: float, tolerance: float, cycles: bool
) -> tuple[float, float]:
    """Both boundaries of one network."""

    @functools.cache
    def final(flipped: int) -> np.ndarray:
        return retrieve(step, starts, flipped, max_steps, cycles=cycles)[0]

    sites = starts.patterns.shape[1]
    return (
        _crossing(lambda flipped: final(flipped).mean(), target, sites, tolerance),
        _crossing(lambda flipped: (final(flipped) > target).mean(), HALF, sites, tolerance),
    )


def _crossing(reached: Callable[[int], float], level: float, sites: int, tolerance: float) -> float:
    """The initial overlap where ``reached`` (of the number of flipped sites) is ``level``."""
    easy, hard = 0, sites // 2
    above, below = reached(easy), np.nan
    if not above > level:
        return np.nan
    while hard - easy > max(1, tolerance * sites / 2):
        middle = (easy + hard) // 2
        value = reached(middle)
        if value > level:
            easy, above = middle, value
        else:
            hard, below = middle, value
    if np.isnan(below):
        below = reached(hard)
        if below > level:
            return 0.0
    crossing = easy + (hard - easy) * (above - level) / (above - below)
    return float(1 - 2 * crossing / sites)
