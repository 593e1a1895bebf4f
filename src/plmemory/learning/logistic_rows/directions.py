"""The state and the single steps of ``minimise``: directions and searches along them."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from plmemory.learning.logistic_rows.conjugate import Rows
from plmemory.learning.logistic_rows.line_root import LineRoot
from plmemory.machine.backend import Backend

_LARGEST_TURN = 1.0  # radians; a great circle needs no longer step
_LARGEST_LAG = 40.0  # of the shift relative to the margins; residuals then shrink to exp(-40)


class Space(Protocol):
    """What the descent needs to know of the rows: see ``row_space.RowSpace``."""

    @property
    def backend(self) -> Backend:
        """The backend on which it computes."""

    @property
    def weights(self) -> Any:
        """The weight of each pattern in the mean loss of its row."""

    @property
    def residual_norm(self) -> float:
        """Norm of the gradient of a single pattern with unit residual."""

    def take(self, chosen: Any) -> Any:
        """The space of some of these rows, by a slice or an index array."""

    def fields(self, coordinates: Any) -> Any:
        """Aligned fields xi_i h_i (rows, P)."""

    def gradient(self, slopes: Any) -> Any:
        """Gradient in the coordinates, from the derivatives (rows, P) of the loss by the fields."""

    def precondition(self, gradient: Any, curvature: Any, shift: Any) -> Any:
        """The gradient times an approximate inverse of the Hessian, ``shift`` added to that."""


class Descent(Rows):
    """The rows that have not converged.

    ``residual`` holds exp(shift) sigma(-m); the shift, the smallest margin of a well fitted
    row, keeps it away from underflow.
    """

    def __init__(self, space: Space, start: Any, radius: float | None, l2: float):
        super().__init__(space, start, radius)
        self.l2 = l2
        self.margins = space.fields(start)
        self.shift = self.smallest = self._smallest_margins()
        self.residual = space.backend.empty(self.margins.shape)
        self.scratch = space.backend.empty(self.margins.shape)
        self._set_residuals(self.margins, self.shift, self.residual)
        self.total = self.curvature = self.multiplier = np.ones(len(start))

    def keep(self, rows: np.ndarray) -> None:
        """Keep only these rows."""
        own = ("margins", "residual", "shift", "smallest", "total", "curvature", "multiplier")
        self._keep(rows, *own)
        self.scratch = self.scratch[: len(rows)]

    def measure(self) -> np.ndarray:
        """Gradient, mean curvature and multiplier of each row; returns relative gradients."""
        xp = self.xp
        xp.multiply(self.residual, self.space.weights, out=self.scratch)
        sums = self._host(self.scratch.sum(-1))
        squares = self._dot(self.scratch, self.residual)
        incoherent = np.sqrt(self._dot(self.scratch, self.scratch))
        self.total = sums if self.radius else np.ones(len(sums))
        # Patterns far on the wrong side have no curvature, but the preconditioner needs some.
        curvature = sums - np.exp(-self.shift) * squares
        self.curvature = np.maximum(curvature, 1e-6 * sums) / self.total
        self.gradient = self.space.gradient(self.scratch)
        self.gradient *= self._column(-1 / self.total)
        if self.radius:
            self.multiplier = -self._dot(self.gradient, self.point) / self.radius**2
        else:
            self.multiplier = np.full(len(sums), self.l2)
        self.gradient += self._column(self.multiplier) * self.point
        norm = np.sqrt(self._dot(self.gradient, self.gradient)) * self.total
        return norm / (self.space.residual_norm * incoherent)

    def rounding(self) -> np.ndarray:
        """The relative gradient caused by the rounding of large margins."""
        return 2 * np.finfo(self.space.backend.dtype).eps * self.shift

    def mean_residual(self) -> np.ndarray:
        """The factor by which gradients were divided."""
        return self.total * np.exp(-self.shift)

    def loss(self) -> np.ndarray:
        """sum_mu p_mu log(1 + exp(-m_mu)) of each row."""
        xp = self.xp
        losses = xp.log1p(xp.exp(-xp.abs(self.margins))) + xp.clip(-self.margins, 0, None)
        return self._host(losses @ self.space.weights)

    def step(self, *, refresh: bool) -> None:
        """One conjugate direction and the search along it."""
        slope, length = self._choose_direction()
        line = self.space.fields(self.direction)
        along, across = self._search(line, slope)
        old_point = self.point
        self.point = self._column(along) * old_point + self._column(across) * self.direction
        if self.radius:
            # Transport the direction along the circle, with the length that conjugacy requires.
            self.direction *= self._column(along * length / self.radius)
            self.direction -= self._column(across * length / self.radius) * old_point
            self.point *= self._column(self.radius / np.sqrt(self._dot(self.point, self.point)))
        if refresh:
            self.margins = self.space.fields(self.point)
        else:
            if self.radius:
                self.margins *= self._column(along)
            line *= self._column(across)
            self.margins += line
        # A long step can leave all margins of a row so far above its shift that the residuals
        # vanish; after such a step they are recomputed.
        self.smallest = self._smallest_margins()
        if refresh or (self.smallest > self.shift + _LARGEST_LAG).any():
            self.shift = self.smallest
            self._set_residuals(self.margins, self.shift, self.residual)

    def _choose_direction(self) -> tuple[np.ndarray, np.ndarray]:
        """Set the direction; on the sphere it is tangent and has the length of the radius.

        Returns the slope along it and its length before it was rescaled.
        """
        # The multiplier is negative if the sphere is larger than the free optimum; the
        # preconditioner must stay positive.
        floor = np.maximum(self.multiplier, 1e-3 * self.curvature)
        slope = self._turn(self.curvature, floor)
        length = np.ones(len(slope))
        if self.radius:
            length = np.maximum(np.sqrt(self._dot(self.direction, self.direction)), 1e-30)
            self.direction *= self._column(self.radius / length)
            slope *= self.radius / length
        return slope, length

    def _search(self, line: Any, slope: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where the slope along the line vanishes: coefficients of point and direction."""
        rest, growth = np.zeros(len(slope)), np.zeros(len(slope))
        if not self.radius:  # the slope of the penalty is rest + growth * step
            rest = self.l2 * self._dot(self.point, self.direction)
            growth = self.l2 * self._dot(self.direction, self.direction)
        second = self._second_derivative(line) + growth
        first = np.where(second > 0, -slope / np.where(second > 0, second, 1), 0.1)
        # From here on the residuals use the present shift.
        scale = self.total * np.exp(self.smallest - self.shift)
        self.shift = self.smallest
        root = LineRoot(slope, np.minimum(first, _LARGEST_TURN) if self.radius else first)
        while len(root.rows):
            rows, step = root.rows, root.step[root.rows]
            slopes = self._slopes(line, rows, step) / scale[rows]
            root.update(slopes + rest[rows] + growth[rows] * step)
        if self.radius:
            return np.cos(root.step), np.sin(root.step)
        return np.ones(len(slope)), root.step

    def _second_derivative(self, line: Any) -> np.ndarray:
        """Second derivative of the loss (on the sphere, of its logarithm) along the line."""
        weights = self.space.weights
        self.xp.multiply(self.residual, line, out=self.scratch)
        squares = self._host((self.scratch * self.scratch) @ weights)
        self.scratch *= line
        bend = self._host(self.scratch @ weights) - np.exp(-self.shift) * squares
        turn = self.multiplier * self.radius**2 if self.radius else 0
        return bend / self.total + turn

    def _slopes(self, line: Any, rows: np.ndarray, step: np.ndarray) -> np.ndarray:
        """Derivative of the loss at these steps, times the row's scale; sets the residuals."""
        every = len(rows) == len(self.point)
        margins = self.margins if every else self.margins[rows]
        line = line if every else line[rows]
        residual = self.residual if every else self.space.backend.empty(line.shape)
        scratch, weights = self.scratch[: len(rows)], self.space.weights
        if self.radius:
            self.xp.multiply(margins, self._column(np.cos(step)), out=residual)
            self.xp.multiply(line, self._column(np.sin(step)), out=scratch)
            residual += scratch
        else:
            self.xp.multiply(line, self._column(step), out=residual)
            residual += margins
        self._set_residuals(residual, self.shift[rows], residual)
        self.xp.multiply(residual, line, out=scratch)
        slope = -self._host(scratch @ weights)
        if self.radius:
            self.xp.multiply(residual, margins, out=scratch)
            slope = slope * np.cos(step) + self._host(scratch @ weights) * np.sin(step)
        if not every:
            self.residual[rows] = residual
        return slope

    def _set_residuals(self, margins: Any, shift: np.ndarray, out: Any) -> None:
        """exp(shift) sigma(-margins) into ``out``, which may be ``margins``."""
        self.xp.subtract(margins, self._column(shift), out=out)
        self.xp.exp(out, out=out)
        out += self._column(np.exp(-shift))
        self.xp.reciprocal(out, out=out)

    def _smallest_margins(self) -> np.ndarray:
        if not self.radius:
            return np.zeros(len(self.point))
        return np.maximum(self._host(self.xp.amin(self.margins, -1)), 0)
