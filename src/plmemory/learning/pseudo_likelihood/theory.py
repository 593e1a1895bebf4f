"""Exact results for the descent of the pseudo-likelihood on random patterns.

The stabilities at a finite time have no theory here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from plmemory.theory.stabilities import CAPACITY


def capacity(attributes: Mapping[str, Any]) -> float:
    """Gardner's capacity, the limit of long descents; NaN for tied couplings."""
    return math.nan if attributes["symmetric"] else CAPACITY
