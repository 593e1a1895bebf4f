"""Exact results for the pseudo-inverse on random vectors."""

from __future__ import annotations


def vector_capacity(dimension: int) -> float:
    """The load up to which patterns attract nearby states: one, for every d (docs/method.md).

    They are fixed up to (N - 1) d patterns, but from P = N on there are combinations of patterns at
    a right angle to a pattern at all sites, along which nothing leads back.
    """
    return 1.0
