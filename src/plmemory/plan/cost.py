"""Core seconds of work that many things share, for what each ``about`` says of its cost.

Fitted to the jobs of config.yaml and paper.yaml that tests/data/measured_jobs.tsv lists (one core
of a server of 2026, single precision), rather above a job than below. ``plan.needs`` adds a safety
factor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Count = Callable[[Mapping[str, Any]], float]  # from the settings of an entry

PRODUCTS = 1e11  # operations a second in matrix products
BESIDE = 500  # what a number of a state costs in an update beside its sum, in terms of the sum
ONE_AFTER_ANOTHER = 10  # times the cost of updating all numbers at once


def passes(number: Count) -> Callable[[Mapping[str, Any], int, int], float]:
    """So many passes of P patterns of N numbers, forth and back through all couplings.

    4 max(P, N) N^2 operations each: methods that work in the span of few patterns still handle
    couplings. Solving linear equations is a few passes.
    """
    return lambda settings, patterns, numbers: (
        4 * number(settings) * max(patterns, numbers) * numbers**2 / PRODUCTS
    )


def updates(states: Count) -> Callable[[Mapping[str, Any], int], float]:
    """Synchronous updates of so many states of N numbers."""
    return lambda settings, numbers: 2 * states(settings) * numbers * (numbers + BESIDE) / PRODUCTS


def sweeps(states: Count) -> Callable[[Mapping[str, Any], int], float]:
    """Updates of so many states, each number after another."""
    return updates(lambda settings: ONE_AFTER_ANOTHER * states(settings))
