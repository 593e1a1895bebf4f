"""The published draw of training examples, apart from draws of our own.

Other draws of the same number of examples say how far one draw may lie from another.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

PUBLISHED, OWN = "published", "own"


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


def single_draw_error(sem: float, number: float) -> float:
    """Standard error of a single draw from that of the mean of a ``number`` of draws.

    NaN where there is no other draw than one.
    """
    return sem * math.sqrt(number) if number > 1 else math.nan
