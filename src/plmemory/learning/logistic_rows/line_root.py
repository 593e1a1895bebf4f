"""Roots of many one-dimensional slopes at once: the line search of ``minimise``."""

from __future__ import annotations

import numpy as np

_EXACTNESS = 0.1  # a row is done when its slope is this fraction of the first
_TRIALS = 12


class LineRoot:
    """Search, for each row, a step > 0 at which a slope that is negative at 0 vanishes.

    Ask for the slopes of ``rows`` at ``step[rows]`` and hand them to ``update`` until no rows
    are left: first extrapolation by secants, then, once a root is bracketed, regula falsi
    kept away from the ends. A row that is not done after 12 trials keeps its last step.
    """

    def __init__(self, slope: np.ndarray, first_step: np.ndarray):
        self.step = first_step
        self.rows = np.arange(len(slope))
        self._goal = _EXACTNESS * np.abs(slope)
        self._low, self._low_slope = np.zeros(len(slope)), slope.copy()
        self._high = np.full(len(slope), np.inf)
        self._high_slope = np.full(len(slope), np.inf)
        self._trials = 0

    def update(self, slopes: np.ndarray) -> None:
        """Take the slopes of ``rows`` at their steps; choose new steps, drop finished rows."""
        self._trials += 1
        # Written so that a slope that is not a number does not count as a root.
        left = ~(np.abs(slopes) <= self._goal[self.rows])
        self.rows, slopes = self.rows[left], slopes[left]
        if self._trials == _TRIALS:
            self.rows = self.rows[:0]
        if not len(self.rows):
            return
        rows, at = self.rows, self.step[self.rows]
        below = slopes < 0  # false for an overflow, which counts as too far
        further = _secant(self._low[rows], self._low_slope[rows], at, slopes)
        self._low[rows[below]], self._low_slope[rows[below]] = at[below], slopes[below]
        self._high[rows[~below]], self._high_slope[rows[~below]] = at[~below], slopes[~below]
        low, high = self._low[rows], self._high[rows]
        open_end = np.isinf(high)
        width = np.where(open_end, 0, high - low)
        between = _secant(low, self._low_slope[rows], high, self._high_slope[rows])
        between = np.where(np.isfinite(between), between, low + width / 2)
        between = np.clip(between, low + 0.05 * width, low + 0.95 * width)
        further = np.where(np.isfinite(further) & (further > at), further, 4 * at)
        self.step[rows] = np.where(open_end, np.minimum(further, 4 * at), between)


def _secant(a: np.ndarray, slope_a: np.ndarray, b: np.ndarray, slope_b: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return b - slope_b * (b - a) / (slope_b - slope_a)
