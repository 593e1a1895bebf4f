"""The exact error of the pseudo-likelihood at fixed norm with a random teacher."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from plmemory.theory import large_load
from plmemory.theory.fixed_norm import best_student, students


def errors(attributes: Mapping[str, Any], norms: np.ndarray) -> np.ndarray:
    """The errors at the load ``alpha`` and at ascending ``norms``."""
    return np.array([student.error for student in students(attributes["alpha"], list(norms))])


def large_load_ratio(norms: np.ndarray) -> np.ndarray:
    """The error over that of Hebb's rule at ascending ``norms``, for alpha to infinity."""
    return large_load.early(norms)


def best(attributes: Mapping[str, Any]) -> tuple[float, float]:
    """(norm, error) of the optimum with the smallest error at the load ``alpha``."""
    found = best_student(attributes["alpha"])
    return found.b, found.error


def large_load_error(scaled_norms: np.ndarray) -> np.ndarray:
    """alpha times the error at norms over the load, ascending, for alpha to infinity."""
    return large_load.late(scaled_norms)


def large_load_best() -> tuple[float, float]:
    """(norm over the load, alpha times the error) at the smallest error, for alpha to infinity."""
    return large_load.best()
