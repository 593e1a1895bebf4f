"""Preconditioned conjugate gradients on the sphere, for many rows and any smooth loss.

Each row c of the coordinates minimises, on its own, f(Delta) over the sphere |c| = 1, with Delta
its stabilities, which are linear in c. Along a great circle they are combinations of two
known arrays, so the line search needs no matrix product; an iteration costs one product for the
gradient and one for the stabilities of the new direction.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np

from plmemory.learning.logistic_rows.conjugate import Rows, descend
from plmemory.learning.logistic_rows.line_root import LineRoot
from plmemory.learning.logistic_rows.row_space import RowSpace

_LARGEST_TURN = 1.0  # radians
_ATTEMPTS = 3  # restarts of rows that are not done after their stabilities are recomputed


class Loss(Protocol):
    """What the descent needs to know of f, for stabilities (rows, P) of the library ``xp``."""

    def slopes(self, stabilities: Any, xp: Any) -> Any:
        """Derivatives by the stabilities (rows, P), up to a positive factor for each row."""

    def curvature(self, stabilities: Any, slopes: Any, xp: Any) -> Any:
        """Sum over the patterns of the second derivatives (rows,), with the factor of ``slopes``.

        It may be negative.
        """


class Minimum(NamedTuple):
    """The result for each row.

    ``coordinates`` (rows, r); and, all (rows,), ``relative_gradient``, ``iterations``, and
    ``multiplier``: minus the slope of the loss along the row, positive where it would fall with a
    larger norm.
    """

    coordinates: Any
    relative_gradient: np.ndarray
    iterations: np.ndarray
    multiplier: np.ndarray


def minimise(
    space: RowSpace, start: Any, loss: Loss, *, tolerance: float, max_iterations: int
) -> Minimum:
    """Minimise all rows from the unit coordinates ``start``.

    A row is done when its tangent gradient is below ``tolerance`` times
    ``space.residual_norm`` sqrt(sum_mu slope_mu^2): the size that the gradient would have if the
    slopes of the patterns had random signs. Reported quantities are measured at the returned
    coordinates, with recomputed stabilities.
    """
    points = start
    iterations = np.zeros(len(start), dtype=np.int64)
    moving = np.arange(len(start))
    for _ in range(_ATTEMPTS):
        descent = _Descent(space.take(moving), points[moving], loss)
        allowed = max_iterations - int(iterations.max())
        points[moving], used = descend(descent, tolerance, allowed)
        iterations[moving] += used
        check = _Descent(space, points, loss)
        reached = check.measure()
        moving = np.flatnonzero(reached > tolerance)
        if len(moving) == 0 or iterations.max() >= max_iterations:
            break
    return Minimum(points, reached, iterations, check.multiplier)


class _Descent(Rows):
    """The rows that have not converged."""

    def __init__(self, space: RowSpace, start: Any, loss: Loss):
        super().__init__(space, start, radius=1.0)
        self.loss = loss
        self.stabilities = space.fields(start)
        self.curvature = self.multiplier = np.ones(len(start))

    def keep(self, rows: np.ndarray) -> None:
        """Keep only these rows."""
        self._keep(rows, "stabilities", "curvature", "multiplier")

    def measure(self) -> np.ndarray:
        """Tangent gradient, curvature and multiplier of each row; returns relative gradients."""
        slopes = self.loss.slopes(self.stabilities, self.xp)
        self.curvature = self._host(self.loss.curvature(self.stabilities, slopes, self.xp))
        incoherent = np.sqrt(self._dot(slopes, slopes))
        self.gradient = self.space.gradient(slopes)
        self.multiplier = -self._dot(self.gradient, self.point)
        self.gradient += self._column(self.multiplier) * self.point
        norm = np.sqrt(self._dot(self.gradient, self.gradient))
        return norm / (self.space.residual_norm * incoherent)

    def step(self, *, refresh: bool) -> None:
        """One conjugate direction and the search along it."""
        slope, length = self._choose_direction()
        line = self.space.fields(self.direction)
        angle = self._search(line, slope, length)
        along, across = np.cos(angle), np.sin(angle)
        old_point = self.point
        self.point = self._column(along) * old_point + self._column(across) * self.direction
        # Transport the direction along the circle, with the length that conjugacy requires.
        self.direction *= self._column(along * length)
        self.direction -= self._column(across * length) * old_point
        self.point *= self._column(1 / np.sqrt(self._dot(self.point, self.point)))
        if refresh:
            self.stabilities = self.space.fields(self.point)
        else:
            self.stabilities *= self._column(along)
            line *= self._column(across)
            self.stabilities += line

    def _choose_direction(self) -> tuple[np.ndarray, np.ndarray]:
        """Set the tangent direction, of unit length.

        Returns the slope along it and its length before it was rescaled.
        """
        # Patterns far on the wrong side have no curvature, and the multiplier is negative if the
        # sphere is larger than the free optimum; the preconditioner must stay positive.
        size = np.abs(self.curvature) + np.abs(self.multiplier)
        curvature = np.maximum(self.curvature, 1e-6 * size)
        floor = np.maximum(self.multiplier, 1e-3 * curvature)
        slope = self._turn(curvature, floor)
        length = np.maximum(np.sqrt(self._dot(self.direction, self.direction)), 1e-30)
        self.direction *= self._column(1 / length)
        return slope / length, length

    def _search(self, line: Any, slope: np.ndarray, length: np.ndarray) -> np.ndarray:
        """The angle at which the slope along the great circle vanishes."""
        root = LineRoot(slope, np.minimum(length, _LARGEST_TURN))
        while len(root.rows):
            rows = root.rows
            every = len(rows) == len(slope)
            here = self.stabilities if every else self.stabilities[rows]
            there = line if every else line[rows]
            along = self._column(np.cos(root.step[rows]))
            across = self._column(np.sin(root.step[rows]))
            slopes = self.loss.slopes(here * along + there * across, self.xp)
            root.update(self._dot(slopes, there * along - here * across))
        return root.step
