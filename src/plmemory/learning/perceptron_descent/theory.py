"""Exact errors of gradient descent with a random teacher, for large loads."""

from __future__ import annotations

import numpy as np

from plmemory.theory import large_load


def large_load_ratio(norms: np.ndarray) -> np.ndarray:
    """The error over Hebb's at ascending ``norms`` of the descent, for alpha to infinity."""
    return large_load.descent(norms)
