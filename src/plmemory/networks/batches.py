"""Computation on batches of states, so that intermediate arrays fit into cache or memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def in_batches(
    function: Callable[[np.ndarray], np.ndarray], states: np.ndarray, batch: int
) -> np.ndarray:
    """The function of states (S, ...), applied to at most ``batch`` (at least one) at a time."""
    if not len(states):
        return states
    begins = range(0, len(states), max(1, batch))
    parts = [function(states[begin : begin + begins.step]) for begin in begins]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
