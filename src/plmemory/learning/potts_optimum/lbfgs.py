"""Limited-memory BFGS in the array's own precision.

scipy's version works in float64 only and copies its whole history at each step. Here the vectors
may be float32, which halves the memory traffic, the limit for the many parameters of a Potts model;
the objective is float64. Steps are accepted by the approximate Wolfe conditions of Hager and Zhang
(SIAM J. Optim. 16, 2005). These use slopes, so they work even if the change of the objective is
below rounding. The first trial is nearly always accepted, so an iteration costs one evaluation.

The two-loop recursion runs on the inner products of the history (Chen, Wang and Zhou, NIPS 2014):
an iteration reads the history once for the direction and once for the new inner products.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from plmemory.files import checkpoints
from plmemory.machine.workers import Workers

Evaluate = Callable[[np.ndarray, np.ndarray], float]

MEMORY = 5  # pairs of vectors in the history; more do not pay
ARMIJO, CURVATURE = 0.1, 0.9
ROUNDING = 1e-7
LONGEST_SEARCH = 20
# Numbers of a vector that a thread takes at a time and that fit into its cache. Sums over these are
# in the vector's precision, sums of these in float64.
PIECE, CACHED = 1 << 17, 1 << 14


class Minimum(NamedTuple):
    """Where the minimiser stopped: point, objective, ||gradient|| / ||first gradient||, counts."""

    point: np.ndarray
    objective: float
    relative_gradient: float
    iterations: int
    evaluations: int


def minimise(
    evaluate: Evaluate,
    start: np.ndarray,
    *,
    tolerance: float,
    max_iterations: int,
    memory: int = MEMORY,
    workers: Workers | None = None,
) -> Minimum:
    """Minimise until the gradient's norm has fallen to ``tolerance`` times its first value.

    ``evaluate(x, gradient)`` returns the objective at a one-dimensional ``x`` and writes its
    gradient. ``workers`` share the arithmetic of the minimiser. The caller must check
    ``relative_gradient`` to see whether the tolerance was reached.
    """
    at = _Search(evaluate, start, memory, workers)
    state, first = at.state, at.norm

    def goes_on(_: int) -> bool:
        return not state["stuck"] and at.norm > tolerance * first

    for _ in checkpoints.over(itertools.takewhile(goes_on, range(max_iterations)), state):
        at.step()
    relative = at.norm / first if first else 0.0
    return Minimum(
        state["point"], state["objective"], relative, state["iterations"], state["evaluations"]
    )


class _Search:
    """The state of a search.

    Its state: ``point`` (n,) and its ``objective``; ``rows`` (2 m + 1, n), the last steps in slots
    0 .. m - 1, the changes of the gradient along them in slots m .. 2 m - 1, and the gradient; the
    ``products`` of all rows with each other in float64; the slots in use, oldest first; whether it
    is ``stuck`` because no step was acceptable; counts.
    """

    def __init__(
        self, evaluate: Evaluate, start: np.ndarray, memory: int, workers: Workers | None
    ) -> None:
        self.evaluate, self.memory, self.workers = evaluate, memory, workers
        self.trial, self.gradient = np.empty_like(start), np.empty_like(start)
        rows = np.zeros((2 * memory + 1, len(start)), start.dtype)
        self.state: dict[str, Any] = {
            "point": start.copy(),
            "objective": evaluate(start, rows[-1]),
            "rows": rows,
            "products": np.zeros((len(rows), len(rows))),
            "order": [],
            "stuck": False,
            "iterations": 0,
            "evaluations": 1,
        }
        self._multiply([-1])

    @property
    def norm(self) -> float:
        """The norm of the gradient."""
        return float(np.sqrt(self.state["products"][-1, -1]))

    def step(self) -> None:
        """Take one step if one is acceptable."""
        state, memory = self.state, self.memory
        products, order = state["products"], state["order"]
        weights = _direction(products, order, memory)
        first = 1.0 if order else min(1.0, 1.0 / self.norm)
        slot = order.pop(0) if len(order) == memory else min(set(range(memory)) - set(order))
        self._combine(weights, slot)
        length, objective = self._line(slot, float(products[-1] @ weights), first)
        if not length:
            state["stuck"] = True
            return
        self._move(slot, length)
        self._multiply([slot, memory + slot, -1])
        if products[slot, memory + slot] > 0:
            order.append(slot)
        state["objective"] = objective
        state["iterations"] += 1

    def _line(self, slot: int, slope: float, step: float) -> tuple[float, float]:
        """Bracket and bisect (with secant steps on the slope) until the step is acceptable.

        Returns its length, 0 if there is none, and the objective there.
        """
        objective = self.state["objective"]
        low, low_slope, high = 0.0, slope, np.inf
        allowed = objective + ROUNDING * abs(objective)
        for _ in range(LONGEST_SEARCH):
            self._try(slot, step)
            value = self.evaluate(self.trial, self.gradient)
            self.state["evaluations"] += 1
            new_slope = self._slope(slot)
            armijo = value <= objective + ARMIJO * step * slope
            approximate = value <= allowed and new_slope <= (2 * ARMIJO - 1) * slope
            if (armijo or approximate) and new_slope >= CURVATURE * slope:
                return step, value
            if value > allowed or new_slope >= 0:
                high = step
                secant = low + (step - low) * low_slope / (low_slope - new_slope)
                inside = low + 0.1 * (high - low) < secant < low + 0.9 * (high - low)
                step = secant if inside else (low + high) / 2
            else:
                low, low_slope = step, new_slope
                step = 4 * step if np.isinf(high) else (low + high) / 2
        return 0.0, objective

    def _combine(self, weights: np.ndarray, slot: int) -> None:
        """Put the sum of all rows with these weights into a slot."""
        rows = self.state["rows"]
        weights = weights.astype(rows.dtype)

        def part(of: slice) -> None:
            rows[slot, of] = weights @ rows[:, of]

        self._each(part)

    def _try(self, slot: int, length: float) -> None:
        """Set the trial: the point plus ``length`` times a row."""
        point, rows, length = self.state["point"], self.state["rows"], self.trial.dtype.type(length)

        def part(of: slice) -> None:
            np.multiply(rows[slot, of], length, out=self.trial[of])
            self.trial[of] += point[of]

        self._each(part)

    def _slope(self, slot: int) -> float:
        """Slope of the objective at the trial, along a row."""
        rows = self.state["rows"]
        return sum(self._each(lambda of: float(rows[slot, of] @ self.gradient[of])))

    def _move(self, slot: int, length: float) -> None:
        """Go to the trial; keep the step and the change of the gradient."""
        rows, length = self.state["rows"], self.trial.dtype.type(length)

        def part(of: slice) -> None:
            if length != 1:  # as nearly always
                rows[slot, of] *= length
            np.subtract(self.gradient[of], rows[-1, of], out=rows[self.memory + slot, of])
            rows[-1, of] = self.gradient[of]

        self._each(part)
        self.state["point"], self.trial = self.trial, self.state["point"]

    def _multiply(self, new: list[int]) -> None:
        """Renew the inner products of some rows with all."""
        rows, products = self.state["rows"], self.state["products"]
        found = sum(self._each(lambda of: (rows[:, of] @ rows[new, of].T).astype(np.float64)))
        products[:, new] = found
        products[new] = found.T

    def _each(self, function: Callable[[slice], Any]) -> list[Any]:
        """The results of the function on all parts of a vector."""
        size = len(self.trial)

        def piece(begin: int) -> list[Any]:
            edges = range(begin, min(begin + PIECE, size), CACHED)
            return [function(slice(edge, min(edge + CACHED, size))) for edge in edges]

        begins = range(0, size, PIECE)
        parts = self.workers.map(piece, begins) if self.workers else map(piece, begins)
        return [result for part in parts for result in part]


def _direction(products: np.ndarray, order: list[int], memory: int) -> np.ndarray:
    """The two-loop recursion: the weights of the rows in minus the inverse Hessian's estimate times
    the gradient.
    """
    weights = np.zeros(len(products))
    weights[-1] = -1.0
    coefficients = {}
    for slot in reversed(order):
        coefficients[slot] = products[slot] @ weights / products[slot, memory + slot]
        weights[memory + slot] -= coefficients[slot]
    if order:
        bend = memory + order[-1]
        weights *= products[order[-1], bend] / products[bend, bend]
    for slot in order:
        along = products[memory + slot] @ weights / products[slot, memory + slot]
        weights[slot] += coefficients[slot] - along
    return weights
