"""States followed some at a time, so that what is made of them stays in cache, or in memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def in_batches(
    function: Callable[[np.ndarray], np.ndarray], states: np.ndarray, batch: int
) -> np.ndarray:
    """What the function makes of states (S, ...), of at most ``batch`` (one at least) at a time."""
    if not len(states):
        return states
    begins = range(0, len(states), max(1, batch))
    parts = [function(states[begin : begin + begins.step]) for begin in begins]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
