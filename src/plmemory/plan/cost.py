"""Formulas for core seconds and memory that many ``about`` modules share.

Seconds are fitted to the jobs of config.yaml and paper.yaml in tests/data/measured_jobs.tsv (one
core of a server of 2026, single precision), and rather too large than too small. ``plan.needs``
adds a safety factor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Count = Callable[[Mapping[str, Any]], float]  # from the settings of an entry

PRODUCTS = 1e11  # operations a second in matrix products
BESIDE = 500  # further cost of a number of a state in an update, in terms of its sum
ONE_AFTER_ANOTHER = 10  # times the cost of updating all numbers at once


def passes(number: Count) -> Callable[[Mapping[str, Any], int, int], float]:
    """Passes of P patterns of N numbers, forwards and backwards through all couplings.

    4 max(P, N) N^2 operations each: methods that work in the span of few patterns still handle
    couplings. Solving linear equations is a few passes.
    """
    return lambda settings, patterns, numbers: (
        4 * number(settings) * max(patterns, numbers) * numbers**2 / PRODUCTS
    )


def held(amount: float) -> Callable[[Mapping[str, Any], int, int, int], float]:
    """So many bytes for each number of the patterns, whatever their number and the parts."""
    return lambda settings, patterns, numbers, parts: amount


def updates(states: Count) -> Callable[[Mapping[str, Any], int], float]:
    """Synchronous updates of a number of states of N numbers."""
    return lambda settings, numbers: 2 * states(settings) * numbers * (numbers + BESIDE) / PRODUCTS


def sweeps(states: Count) -> Callable[[Mapping[str, Any], int], float]:
    """Sequential updates of a number of states of N numbers."""
    return updates(lambda settings: ONE_AFTER_ANOTHER * states(settings))
