"""Exact results for Hebb's tensor rule on random vectors, at zero temperature."""

from __future__ import annotations

import numpy as np

from plmemory.theory import vectors
from plmemory.theory.vectors import State


def vector_capacity(dimension: int) -> float:
    """The load at which retrieval ends."""
    return vectors.capacity(dimension).alpha


def vector_state(alpha: float, dimension: int) -> State | None:
    """The retrieval state at load ``alpha``, None beyond the capacity."""
    return vectors.retrieval(alpha, dimension)


def vector_step(initial_overlap: np.ndarray, alpha: float, dimension: int) -> np.ndarray:
    """The overlap after one synchronous step, at any load."""
    return vectors.one_step(initial_overlap, alpha, dimension)
