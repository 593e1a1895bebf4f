"""A published number beside ours."""

from __future__ import annotations

from typing import NamedTuple


class Comparison(NamedTuple):
    """One published number; ``ours`` and its error are NaN if this run does not contain it.

    ``reason``: why the tolerance is what it is, in a phrase.
    """

    dataset: str
    quantity: str
    alpha: float
    start: str
    published: float
    ours: float
    ours_sem: float
    tolerance: float
    reason: str
