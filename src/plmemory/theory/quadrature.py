"""Quadrature for functions with a few narrow features on a long interval."""

from __future__ import annotations

import numpy as np

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
_WIDEST = 1.0  # 12 nodes per unit integrate a Gaussian of unit width up to rounding


def graded(lower: float, upper: float, centre: float, width: float) -> np.ndarray:
    """Ends of panels on [lower, upper], growing from ``width`` at ``centre`` up to one unit."""
    doublings = np.arange(max(0.0, np.ceil(np.log2((upper - lower) / width))) + 1)
    distance = width * 2.0**doublings
    even = np.arange(lower, upper, _WIDEST)
    ends = np.concatenate([even, [centre, upper], centre - distance, centre + distance])
    return np.unique(np.clip(ends, lower, upper))


def gauss_legendre(ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre nodes and weights of the panels between consecutive ``ends``."""
    half = np.diff(ends)[:, None] / 2
    middle = (ends[1:] + ends[:-1])[:, None] / 2
    return (middle + half * _NODES).ravel(), (half * _WEIGHTS).ravel()
