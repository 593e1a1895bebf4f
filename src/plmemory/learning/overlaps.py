"""The overlaps of patterns, K = X X^T, needed by many rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from plmemory.machine.backend import Backend
from plmemory.machine.chunks import chunks


def overlaps(patterns: np.ndarray, backend: Backend) -> Any:
    """K (P, P) of patterns (P, N) of +1/-1, on the device, computed a few sites at a time.

    Of transposed patterns (N, P) it is the sum over the patterns, xi_i xi_j, with the patterns read
    in blocks. Sums are integers, so their order does not matter below 2^24 terms.
    """
    count, sites = patterns.shape
    found = backend.zeros((count, count))
    for place in chunks(sites, count):
        spins = backend.asarray(patterns[:, place])
        found += backend.xp.matmul(spins, spins.T)
    return found
