"""Exact results for the pseudo-inverse on random vectors."""

from __future__ import annotations


def vector_capacity(dimension: int) -> float:
    """The load up to which patterns are attractive: one, for every d (docs/method.md).

    Patterns are fixed points up to P = (N - 1) d. But from P = N on there are combinations of
    patterns that are orthogonal to a pattern at all sites; along these, deviations do not decay.
    """
    return 1.0
