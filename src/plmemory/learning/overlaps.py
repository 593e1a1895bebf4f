"""The overlaps of patterns, K = X X^T, which many rules begin with."""

from __future__ import annotations

from typing import Any

import numpy as np

from plmemory.machine.backend import Backend

# Spins that are real numbers at a time.
CHUNK = 1 << 23


def overlaps(patterns: np.ndarray, backend: Backend) -> Any:
    """K (P, P) on the device, of patterns (P, N) of +1/-1, some sites at a time.

    Its sums are whole numbers, so that their order does not matter.
    """
    count, sites = patterns.shape
    found = backend.zeros((count, count))
    step = max(1, CHUNK // count)
    for begin in range(0, sites, step):
        spins = backend.asarray(patterns[:, begin : begin + step])
        found += backend.xp.matmul(spins, spins.T)
    return found
