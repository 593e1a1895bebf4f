"""Basins of attraction by the iterated map of one step (see ``one_step``)."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import erfc

from plmemory.theory.distribution import StabilityDistribution
from plmemory.theory.fixed_norm import pseudo_likelihood
from plmemory.theory.one_step import one_step_map

RETRIEVED = 0.95
# Angles theta of overlaps cos(theta): from 1 - m = 5e-13 to m = 1e-4.
_ANGLES = np.concatenate(
    [np.geomspace(1e-6, 0.05, 60), np.linspace(0.05, np.pi / 2 - 1e-4, 160)[1:]]
)
_LOG_B = (np.log(0.05), np.log(200.0))


def _gain(distribution: StabilityDistribution, angle: np.ndarray) -> np.ndarray:
    """m1 - m0 at m0 = cos(angle), without cancellation near m0 = 1."""
    scaled = distribution.nodes / (np.sqrt(2) * np.tan(np.asarray(angle)[..., None]))
    return 2 * np.sin(np.asarray(angle) / 2) ** 2 - erfc(scaled) @ distribution.weights


def basin_boundary(distribution: StabilityDistribution, retrieved: float = RETRIEVED) -> float:
    """Smallest m0 from which the one-step map, iterated, ends at an overlap above ``retrieved``.

    This is the map's largest unstable fixed point below its retrieval fixed point (zero where
    there is none: the map is above the diagonal down to zero), and not-a-number if the map has no
    fixed point above ``retrieved``. Exact for strongly diluted asymmetric networks, in which steps
    are independent (Derrida, Gardner & Zippelius 1987; Gardner 1989). In a fully connected network
    only the first step is exact, and later steps gain less; there this boundary is far below the
    measured one (docs/method.md).
    """
    gain = _gain(distribution, _ANGLES)
    above = np.flatnonzero(gain > 0)
    if not above.size or np.cos(_ANGLES[above[0]]) <= retrieved:
        return float("nan")
    below = np.flatnonzero(gain[above[0] :] <= 0)
    if not below.size:
        return 0.0
    end = above[0] + below[0]
    angle = brentq(lambda x: float(_gain(distribution, x)), _ANGLES[end - 1], _ANGLES[end])
    return float(np.cos(angle))


def best_b(alpha: float, initial_overlap: float) -> tuple[float, float]:
    """(b, m1): the b = lambda |J_i| whose optimum gains most in one step from m0, and that m1.

    It grows with m0: from Hebb's rule (b to 0, largest mean stability) for m0 to 0, to maximum
    stability (b to infinity) for m0 to 1. The search is between 0.05 and 200.
    """

    def loss(log_b: float) -> float:
        return -float(one_step_map(pseudo_likelihood(alpha, float(np.exp(log_b))), initial_overlap))

    found = minimize_scalar(loss, bounds=_LOG_B, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x)), -float(found.fun)


def widest_basin(alpha: float, retrieved: float = RETRIEVED) -> tuple[float, float]:
    """(b, boundary): the b = lambda |J_i| whose ``basin_boundary`` is smallest, and that boundary.

    The search is between 0.05 and 200. At small loads the boundary is zero for a range of b; then
    the largest of these b is returned, which has the fewest final errors. Both are not-a-number if
    no b retrieves.
    """

    def boundary(log_b: float) -> float:
        learned = pseudo_likelihood(alpha, float(np.exp(log_b)))
        # No retrieval counts as a boundary of one, so that the search can compare.
        return float(np.nan_to_num(basin_boundary(learned, retrieved), nan=1.0))

    grid = np.linspace(*_LOG_B, 34)
    values = np.array([boundary(log_b) for log_b in grid])
    best = int(values.argmin())
    if values[best] == 1:
        return float("nan"), float("nan")
    if values[best] > 0:
        around = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
        found = minimize_scalar(boundary, bounds=around, method="bounded")
        # The search may step over the edge of retrieval and end worse than the grid.
        value, log_b = min((found.fun, found.x), (values[best], grid[best]))
        return float(np.exp(log_b)), float(value)
    lower = upper = grid[np.flatnonzero(values == 0)[-1]]
    if lower < grid[-1]:
        upper = lower + grid[1] - grid[0]
    while upper - lower > 1e-4:
        middle = (lower + upper) / 2
        lower, upper = (middle, upper) if boundary(middle) == 0 else (lower, middle)
    return float(np.exp(lower)), 0.0
