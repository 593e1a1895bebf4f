"""The published draw of training examples, apart from draws of our own.

Other draws of the same number of examples say how far one draw may lie from another.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

PUBLISHED, OWN = "published", "own"
DEVIATIONS = 3
ROUNDED = "rounding of the printed number"
DRAWN = f"{DEVIATIONS} standard errors of a single draw, from draws of our own"


def draws(attributes: Mapping[str, Any], replicates: int) -> Iterator[tuple[str, slice]]:
    """The replicates of each kind of draw of a result with these attributes.

    All are our own, unless the data set has a published draw: that is the first replicate
    (``datasets.selection``). The limit of infinitely many patterns is no draw.
    """
    if "published_draw" not in attributes["described"]["provides"] or math.isinf(
        attributes["patterns"]
    ):
        yield OWN, slice(None)
        return
    yield PUBLISHED, slice(0, 1)
    if replicates > 1:
        yield OWN, slice(1, None)


def tolerance(
    rounding: float, sem: float, number: float, *, least: float = 0.0
) -> tuple[float, float]:
    """Standard error of a single draw, and how far a published number from one may be from ours.

    The error is estimated from the mean of our own ``number`` of draws, of standard error ``sem``,
    but is not below the ``least``, that of the states of one draw, which a few draws can miss.
    Three of it are allowed, or the ``rounding`` of the printed number if that is more. NaN where
    fewer than two draws tell nothing.
    """
    error = max(sem * math.sqrt(number), least) if number > 1 else math.nan
    return error, float(np.maximum(rounding, DEVIATIONS * error))


def reason(rounding: float, allowed: float) -> str:
    """Why the ``tolerance`` allows what it does."""
    return ROUNDED if allowed == rounding else DRAWN
