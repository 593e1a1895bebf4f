"""Exact errors of gradient descent with a random teacher: known at large loads."""

from __future__ import annotations

import numpy as np

from plmemory.theory import large_load


def large_load_ratio(norms: np.ndarray) -> np.ndarray:
    """The error over Hebb's as the descent passes ascending ``norms``, for alpha to infinity."""
    return large_load.descent(norms)
