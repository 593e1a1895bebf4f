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
from plmemory.machine.exponential import compiled
from plmemory.machine.lanes import LANES, add_product, load, spread, store, total
from plmemory.machine.workers import Workers

Evaluate = Callable[[np.ndarray, np.ndarray], float]

MEMORY = 5  # pairs of vectors in the history; more do not pay
# First trial, in units of the gradient, if the Hessian's diagonal is about one: correlations make
# its largest eigenvalue larger. A step of length one would need one to three evaluations more.
FIRST = 0.2
ARMIJO, CURVATURE = 0.1, 0.9
ROUNDING = 1e-7
LONGEST_SEARCH = 20
# Numbers of a vector that are worth a thread, and those that are summed in the vector's precision;
# sums of these are in float64.
PIECE, CACHED = 1 << 18, 1 << 12


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

    Its state: ``point`` (n,), its ``objective`` and ``gradient``; ``history`` (2 m, n), the last
    steps in slots 0 .. m - 1 and the changes of the gradient along them in slots m .. 2 m - 1; the
    ``products`` of its rows and the gradient with each other, in float64; the slots in use, oldest
    first; whether it is ``stuck`` because no step was acceptable; counts.
    """

    def __init__(
        self, evaluate: Evaluate, start: np.ndarray, memory: int, workers: Workers | None
    ) -> None:
        self.evaluate, self.memory, self.workers = evaluate, memory, workers
        self.trial, self.ahead = np.empty_like(start), np.empty_like(start)  # and its gradient
        gradient = np.empty_like(start)
        self.state: dict[str, Any] = {
            "point": start.copy(),
            "objective": evaluate(start, gradient),
            "gradient": gradient,
            "history": np.zeros((2 * memory, len(start)), start.dtype),
            "products": np.zeros((2 * memory + 1, 2 * memory + 1)),
            "order": [],
            "stuck": False,
            "iterations": 0,
            "evaluations": 1,
        }
        found = np.sum(self._each(_compare, self.state["history"], 0, gradient, gradient), axis=0)
        self.state["products"][-1, -1] = found[-1, 0]

    @property
    def norm(self) -> float:
        """The norm of the gradient."""
        return float(np.sqrt(self.state["products"][-1, -1]))

    def step(self) -> None:
        """Take one step if one is acceptable."""
        state, products, order = self.state, self.state["products"], self.state["order"]
        weights = _direction(products, order, self.memory)
        first = 1.0 if order else FIRST
        free = set(range(self.memory)) - set(order)
        slot = min(free) if free else order.pop(0)
        with_all = products @ weights  # the products of the direction
        length, objective, found = self._line(weights, slot, float(with_all[-1]), first)
        if not length:
            state["stuck"] = True
            return
        if length != 1:  # rarely
            self._each(_shorten, state["history"][slot], length)
        bend = self.memory + slot
        products[slot] = products[:, slot] = length * with_all
        products[slot, slot] = length**2 * (weights @ with_all)
        found[slot] *= length
        products[bend] = products[:, bend] = found[:, 1]
        products[-1] = products[:, -1] = found[:, 0]
        if products[slot, bend] > 0:
            order.append(slot)
        state["point"], self.trial = self.trial, state["point"]
        state["gradient"], self.ahead = self.ahead, state["gradient"]
        state["objective"] = objective
        state["iterations"] += 1

    def _line(
        self, weights: np.ndarray, slot: int, slope: float, step: float
    ) -> tuple[float, float, np.ndarray]:
        """Bracket and bisect (with secant steps on the slope) until the step is acceptable.

        The direction, the sum of all rows with these ``weights``, is put into the slot. Returns the
        step's length, 0 if there is none, and there the objective and what ``_compare`` finds.
        """
        history, point, objective = (self.state[k] for k in ("history", "point", "objective"))
        low, low_slope, high = 0.0, slope, np.inf
        allowed = objective + ROUNDING * abs(objective)
        weights = weights.astype(history.dtype)
        self._each(_combine, history, self.state["gradient"], weights, slot)
        for _ in range(LONGEST_SEARCH):
            self._each(_go, point, history[slot], step, self.trial)
            value = self.evaluate(self.trial, self.ahead)
            self.state["evaluations"] += 1
            bend = self.memory + slot
            parts = self._each(_compare, history, bend, self.state["gradient"], self.ahead)
            found = np.sum(parts, axis=0)
            new_slope = found[slot, 0]
            armijo = value <= objective + ARMIJO * step * slope
            approximate = value <= allowed and new_slope <= (2 * ARMIJO - 1) * slope
            if (armijo or approximate) and new_slope >= CURVATURE * slope:
                return step, value, found
            if value > allowed or new_slope >= 0:
                high = step
                secant = low + (step - low) * low_slope / (low_slope - new_slope)
                inside = low + 0.1 * (high - low) < secant < low + 0.9 * (high - low)
                step = secant if inside else (low + high) / 2
            else:
                low, low_slope = step, new_slope
                step = 4 * step if np.isinf(high) else (low + high) / 2
        return 0.0, objective, found

    def _each(self, function: Callable[..., Any], *arguments: Any) -> list[Any]:
        """The results of the function on all pieces of a vector."""
        size = len(self.trial)

        def piece(begin: int) -> Any:
            return function(*arguments, begin, min(begin + PIECE, size))

        begins = range(0, size, PIECE)
        return self.workers.map(piece, begins) if self.workers else list(map(piece, begins))


@compiled
def _combine(history: Any, gradient: Any, weights: Any, slot: int, begin: int, end: int) -> None:
    """Put the sum of all rows and the gradient with their weights into a slot."""
    rows, size = history.shape
    whole = end - (end - begin) % LANES
    for k in range(begin, whole, LANES):
        sums = add_product(spread(gradient.dtype.type(0)), spread(weights[-1]), load(gradient, k))
        for row in range(rows):
            sums = add_product(sums, spread(weights[row]), load(history, row * size + k))
        store(history, slot * size + k, sums)
    for k in range(whole, end):
        number = weights[-1] * gradient[k]
        for row in range(rows):
            number += weights[row] * history[row, k]
        history[slot, k] = number


@compiled
def _go(point: Any, direction: Any, step: float, trial: Any, begin: int, end: int) -> None:
    """Set the trial: the point plus ``step`` times the direction."""
    length = point.dtype.type(step)
    for k in range(begin, end):
        trial[k] = point[k] + length * direction[k]


@compiled
def _shorten(direction: Any, step: float, begin: int, end: int) -> None:
    length = direction.dtype.type(step)
    for k in range(begin, end):
        direction[k] *= length


@compiled
def _compare(history: Any, bend: int, gradient: Any, ahead: Any, begin: int, end: int) -> Any:
    """Put the change of the gradient, to that ``ahead``, into slot ``bend``.

    Returns the products (2 m + 1, 2) of all rows and of the gradient ahead, with this and with its
    change, in float64 sums of short sums in the vector's precision.
    """
    rows, size = history.shape
    products = np.zeros((rows + 1, 2))
    sums = np.empty((rows + 1, 2, LANES), history.dtype)
    minus = spread(history.dtype.type(-1))
    for first in range(begin, end, CACHED):
        last = min(first + CACHED, end)
        whole = last - (last - first) % LANES
        sums[:] = 0
        for k in range(first, whole, LANES):
            one = load(ahead, k)
            other = add_product(one, minus, load(gradient, k))
            store(history, bend * size + k, other)
            for row in range(rows + 1):
                numbers = load(history, row * size + k) if row < rows else one
                at = 2 * LANES * row
                store(sums, at, add_product(load(sums, at), numbers, one))
                at += LANES
                store(sums, at, add_product(load(sums, at), numbers, other))
        for row in range(rows + 1):
            products[row, 0] += total(load(sums, 2 * LANES * row))
            products[row, 1] += total(load(sums, 2 * LANES * row + LANES))
        for k in range(whole, last):
            history[bend, k] = ahead[k] - gradient[k]
            for row in range(rows + 1):
                number = np.float64(history[row, k] if row < rows else ahead[k])
                products[row, 0] += number * ahead[k]
                products[row, 1] += number * history[bend, k]
    return products


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
