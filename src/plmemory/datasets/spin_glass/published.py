"""Published values for the spin glass of D'Amico et al., arXiv:2507.05147, one instance.

The loads of the training curve are approximate; tolerances allow for that and for the instance: in
the dip two standard deviations over instances (docs/found.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

SIDE, TEMPERATURE = 32, 0.99
_LEARNT, _DIP, _TRUE = 0.03, 0.07, 0.015
_OVERLAPS = {
    # (load, start): final overlap
    (1.2, "train"): (1.00, _LEARNT),
    (3.0, "train"): (0.67, _DIP),
    (10.0, "train"): (0.85, _LEARNT),
    (60.0, "train"): (0.87, _LEARNT),
    (0.1, "test"): (0.50, _LEARNT),
    (1.0, "test"): (0.73, _LEARNT),
    (3.0, "test"): (0.66, _DIP),
    (10.0, "test"): (0.84, _LEARNT),
    (60.0, "test"): (0.87, _LEARNT),
    (128.0, "test"): (0.875, _LEARNT),
    (math.inf, "test"): (0.882, _TRUE),
}


def overlaps() -> dict[tuple[float, str], tuple[float, float]]:
    """Final overlap and its tolerance, by load and start."""
    return _OVERLAPS


def comparable(columns: Mapping[str, float]) -> bool:
    """Whether a data set has the published size and temperature."""
    return (columns["L"], columns["T"]) == (SIDE, TEMPERATURE)
