"""The overlaps of patterns, K = X X^T, needed by many rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from plmemory.machine.backend import Backend

# Number of spins converted to real numbers at a time.
CHUNK = 1 << 23


def overlaps(patterns: np.ndarray, backend: Backend) -> Any:
    """K (P, P) of patterns (P, N) of +1/-1, on the device, computed a few sites at a time.

    Its sums are integers, so their order does not matter.
    """
    count, sites = patterns.shape
    found = backend.zeros((count, count))
    step = max(1, CHUNK // count)
    for begin in range(0, sites, step):
        spins = backend.asarray(patterns[:, begin : begin + step])
        found += backend.xp.matmul(spins, spins.T)
    return found
