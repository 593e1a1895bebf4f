"""The exact error of Hebb's rule with a random teacher."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from plmemory.theory import teacher


def errors(attributes: Mapping[str, Any], norms: np.ndarray) -> np.ndarray:
    """The error at the load ``alpha``; the same at all ``norms``."""
    return np.full(len(norms), teacher.hebb(attributes["alpha"]))
