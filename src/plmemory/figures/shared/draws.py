"""The published draw of training examples, apart from draws of our own.

Our draws of the same number of examples show how much single draws vary.
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
    """The replicates of each kind of draw, for a result with these attributes.

    All are our own, unless the data set has a published draw, which is the first replicate
    (``datasets.selection``). The limit of infinitely many patterns is not a draw.
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
    """Standard error of a single draw, and tolerance of a published number from a single draw.

    The error is estimated from the standard error ``sem`` of the mean of our ``number`` of draws.
    It is at least ``least``, the error from the states of one draw, which a few draws may
    underestimate. The tolerance is three such errors, or the ``rounding`` of the printed number if
    larger. NaN for fewer than two draws.
    """
    error = max(sem * math.sqrt(number), least) if number > 1 else math.nan
    return error, float(np.maximum(rounding, DEVIATIONS * error))


def reason(rounding: float, allowed: float) -> str:
    """The reason for the ``tolerance``."""
    return ROUNDED if allowed == rounding else DRAWN
