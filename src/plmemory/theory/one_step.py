"""One synchronous step of retrieval: the overlap with a pattern before and after.

From overlap m0 the field of a site is Gaussian with mean m0 Delta |J| and variance
(1 - m0^2) |J|^2 for any couplings, so the first step is exact:
m1 = E[erf(m0 Delta / sqrt(2 (1 - m0^2)))] (Kepler & Abbott 1988; Krauth, Nadal & Mezard 1988).
"""

from __future__ import annotations

import numpy as np
from scipy.special import erf

from plmemory.errors import InputError
from plmemory.theory.distribution import StabilityDistribution


def one_step_map(
    stabilities: StabilityDistribution | np.ndarray, initial_overlap: np.ndarray | float
) -> np.ndarray:
    """Overlap after one synchronous step from each of the ``initial_overlap`` in [-1, 1].

    ``stabilities``: a distribution, or measured stabilities of any shape, equally weighted.
    A site of zero stability has no signal: at m0 = +1 or -1 it keeps the initial overlap (a zero
    field keeps the spin), otherwise it contributes zero. Returns the shape of ``initial_overlap``.

    Raises
    ------
    InputError
        If an initial overlap is not in [-1, 1].
    """
    if isinstance(stabilities, StabilityDistribution):
        values, weights = stabilities.nodes, stabilities.weights
    else:
        values = np.asarray(stabilities, dtype=float).ravel()
        weights = np.full(values.size, 1 / values.size)
    overlaps = np.asarray(initial_overlap, dtype=float)
    if not np.all(np.abs(overlaps) <= 1):
        raise InputError(f"initial overlap: found {overlaps}, expected values in [-1, 1]")
    final = [_step(values, weights, m0) for m0 in overlaps.ravel()]
    # The weights sum to one only up to rounding, and the map is iterated.
    return np.clip(np.array(final), -1, 1).reshape(overlaps.shape)


def _step(values: np.ndarray, weights: np.ndarray, m0: float) -> float:
    if abs(m0) == 1:
        return float(m0 * (np.where(values < 0, -1.0, 1.0) @ weights))
    return float(erf(m0 / np.sqrt(2 * (1 - m0 * m0)) * values) @ weights)
