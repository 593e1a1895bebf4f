"""Conjugate directions for many rows at once, on the sphere or free, for any loss.

Polak-Ribiere directions (Nocedal & Wright, Numerical Optimization, chapter 5), on the sphere with
tangent projections. Large arrays are on the device; quantities with one number per row are in
numpy.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

import numpy as np

from plmemory.files import checkpoints

_REFRESH = 25  # iterations between two recomputations of the fields (rounding adds up)


class Rows(ABC):
    """Rows that have not converged: points (rows, r) in a ``space``, gradients and directions.

    radius: of the sphere on which they stay, if there is one.
    """

    # Constants are in slots, so ``vars`` contains only what changes.
    __slots__ = ("__dict__", "radius", "space", "xp")

    def __init__(self, space: Any, start: Any, radius: float | None):
        self.space, self.xp = space, space.backend.xp
        self.radius = radius
        self.point = start
        self.gradient = self.direction = self.old_gradient = space.backend.zeros(start.shape)
        self.old_decrease = np.full(len(start), np.inf)
        self.ended = False

    @abstractmethod
    def measure(self) -> np.ndarray:
        """Compute the gradient of each row; returns the relative gradients (rows,)."""

    @abstractmethod
    def step(self, *, refresh: bool) -> None:
        """One conjugate direction and the line search; ``refresh`` recomputes the fields."""

    @abstractmethod
    def keep(self, rows: np.ndarray) -> None:
        """Keep only these rows."""

    def rounding(self) -> np.ndarray | float:
        """The relative gradient caused by rounding."""
        return 0.0

    def _keep(self, rows: np.ndarray, *names: str) -> None:
        self.space = self.space.take(rows)
        for name in ("point", "gradient", "direction", "old_gradient", "old_decrease", *names):
            setattr(self, name, getattr(self, name)[rows])

    def _turn(self, curvature: np.ndarray, floor: np.ndarray) -> np.ndarray:
        """Set the next direction, tangent on the sphere; returns the (negative) slope along it.

        curvature, floor: of the rows (rows,), for the preconditioner, and positive.
        """
        downhill = self.space.precondition(
            self.gradient, self._column(curvature), self._column(floor)
        )
        self._make_tangent(downhill)
        decrease = self._dot(self.gradient, downhill)
        change = decrease - self._dot(self.old_gradient, downhill)
        self.direction *= self._column(np.maximum(change / self.old_decrease, 0))
        self.direction -= downhill
        self._make_tangent(self.direction)
        slope = self._dot(self.gradient, self.direction)
        uphill = np.flatnonzero(slope >= 0)
        if len(uphill):
            self.direction[uphill] = -downhill[uphill]
            slope[uphill] = -decrease[uphill]
        self.old_gradient = self.gradient
        # Infinite where rounding hides the decrease: the next direction is then the steepest again.
        self.old_decrease = np.where(decrease > 0, decrease, np.inf)
        return slope

    def _make_tangent(self, vectors: Any) -> None:
        if self.radius:
            share = self._dot(vectors, self.point) / self.radius**2
            vectors -= self._column(share) * self.point

    def _dot(self, a: Any, b: Any) -> np.ndarray:
        return self._host(self.xp.einsum("ij,ij->i", a, b))

    def _host(self, numbers: Any) -> np.ndarray:
        return self.space.backend.to_numpy(numbers).astype(np.float64)

    def _column(self, numbers: np.ndarray) -> Any:
        return self.space.backend.asarray(numbers)[:, None]


def descend(rows: Rows, tolerance: float, allowed: int) -> tuple[Any, np.ndarray]:
    """Iterate until all rows are done, dropping finished rows; returns points and iterations."""
    points = rows.space.backend.zeros(rows.point.shape)
    iterations = np.zeros(len(points), dtype=np.int64)
    alive = np.arange(len(points))
    left: Iterable[int] = itertools.takewhile(lambda _: not rows.ended, range(allowed + 1))
    # One row may be a whole network: its state is kept. Many rows are kept block by block.
    if len(points) == 1:
        left = checkpoints.over(left, vars(rows), points, iterations)
    for iteration in left:
        moving = np.flatnonzero(rows.measure() > np.maximum(tolerance, rows.rounding()))
        iterations[alive[moving]] = iteration
        rows.ended = len(moving) == 0 or iteration == allowed
        if rows.ended:
            points[alive] = rows.point
            continue
        if len(moving) < 0.75 * len(alive):
            points[alive] = rows.point
            alive = alive[moving]
            rows.keep(moving)
        rows.step(refresh=iteration % _REFRESH == _REFRESH - 1)
    return points, iterations
