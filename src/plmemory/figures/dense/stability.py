"""Stability of the sites of patterns in a dense associative memory."""

from __future__ import annotations

import numpy as np


def unstable_sites(patterns: np.ndarray, order: int, most: int) -> np.ndarray:
    """Whether a flip lowers the energy -sum_mu (sum_i xi_i^mu s_i)^order, (M, N).

    For each of the first M <= ``most`` of the patterns (P, N), site by site (Krotov & Hopfield
    2016, arXiv:1606.01164). With c the overlap of two patterns, a flip of site i takes c^n to (c -
    2 xi_i xi_i)^n, for all patterns at once.
    """
    memories = patterns.astype(np.float64)
    states = memories[:most]
    products = states @ memories.T
    # If the site agrees in both patterns the overlap falls by two, else it rises by two.
    fallen, risen = (products - 2) ** order, (products + 2) ** order
    flipped = (fallen + risen).sum(axis=1, keepdims=True) / 2
    flipped = flipped + states * ((fallen - risen) @ memories) / 2
    return flipped > (products**order).sum(axis=1, keepdims=True)
