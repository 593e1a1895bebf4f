"""The exact error of maximum stability with a random teacher."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from plmemory.theory import teacher


def errors(attributes: Mapping[str, Any], norms: np.ndarray) -> np.ndarray:
    """The error at the load ``alpha``; the same at all ``norms``."""
    overlap = teacher.maximum_stability(attributes["alpha"]).overlap
    return np.full(len(norms), teacher.error(overlap))
