"""A published number beside ours."""

from __future__ import annotations

from typing import NamedTuple


class Comparison(NamedTuple):
    """One published number; ``ours`` and its error are NaN where this run does not reach it."""

    dataset: str
    quantity: str
    alpha: float
    start: str
    published: float
    ours: float
    ours_sem: float
    tolerance: float
