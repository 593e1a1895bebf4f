"""Limited-memory BFGS in the array's own precision.

scipy's works in float64 only and copies its whole history at each step; here the vectors may be
float32 (half the memory traffic, which is what counts for the many parameters of a Potts
model) while the objective stays float64. Steps are accepted by the approximate Wolfe conditions
of Hager and Zhang (SIAM J. Optim. 16, 2005), which look at slopes and so still work where
the objective's change drowns in rounding; the first trial is nearly always accepted, so that an
iteration costs one evaluation.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

Evaluate = Callable[[np.ndarray], tuple[float, np.ndarray]]

ARMIJO, CURVATURE = 0.1, 0.9
ROUNDING = 1e-7
LONGEST_SEARCH = 20


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
    memory: int,
) -> Minimum:
    """Minimise until the gradient's norm has fallen to ``tolerance`` times its first value.

    ``evaluate(x)`` returns the objective and its gradient (an array that the minimiser may
    keep) for a one-dimensional ``x``. Whether the tolerance was reached is for the caller to
    see in ``relative_gradient``.
    """
    x = start
    objective, gradient = evaluate(x)
    first = norm = _norm(gradient)
    pairs: deque[tuple[np.ndarray, np.ndarray, float]] = deque(maxlen=memory)
    iterations, evaluations = 0, 1
    while norm > tolerance * first and iterations < max_iterations:
        direction = _direction(gradient, pairs)
        slope = _dot(gradient, direction)
        step = 1.0 if pairs else min(1.0, 1.0 / norm)
        found = _search(evaluate, x, objective, direction, slope, step)
        evaluations += found.evaluations
        if found.gradient is None:
            break
        moved = found.point - x
        bend = found.gradient - gradient
        curvature = _dot(moved, bend)
        if curvature > 0:
            pairs.append((moved, bend, 1.0 / curvature))
        x, objective, gradient = found.point, found.objective, found.gradient
        norm = _norm(gradient)
        iterations += 1
    return Minimum(x, objective, norm / first if first else 0.0, iterations, evaluations)


class _Trial(NamedTuple):
    point: np.ndarray
    objective: float
    gradient: np.ndarray | None
    evaluations: int


def _search(
    evaluate: Evaluate,
    x: np.ndarray,
    objective: float,
    direction: np.ndarray,
    slope: float,
    step: float,
) -> _Trial:
    """Bracket and bisect (with secant steps on the slope) until the step is acceptable."""
    low, low_slope, high = 0.0, slope, np.inf
    allowed = objective + ROUNDING * abs(objective)
    for trial in range(1, LONGEST_SEARCH + 1):
        point = x + x.dtype.type(step) * direction
        value, gradient = evaluate(point)
        new_slope = _dot(gradient, direction)
        armijo = value <= objective + ARMIJO * step * slope
        approximate = value <= allowed and new_slope <= (2 * ARMIJO - 1) * slope
        if (armijo or approximate) and new_slope >= CURVATURE * slope:
            return _Trial(point, value, gradient, trial)
        if value > allowed or new_slope >= 0:
            high = step
            secant = low + (step - low) * low_slope / (low_slope - new_slope)
            inside = low + 0.1 * (high - low) < secant < low + 0.9 * (high - low)
            step = secant if inside else (low + high) / 2
        else:
            low, low_slope = step, new_slope
            step = 4 * step if np.isinf(high) else (low + high) / 2
    return _Trial(x, objective, None, LONGEST_SEARCH)


def _direction(
    gradient: np.ndarray, pairs: deque[tuple[np.ndarray, np.ndarray, float]]
) -> np.ndarray:
    """The two-loop recursion: minus the inverse Hessian's estimate times the gradient."""
    direction = -gradient
    kind = direction.dtype.type
    coefficients = []
    for moved, bend, inverse_curvature in reversed(pairs):
        coefficient = inverse_curvature * _dot(moved, direction)
        direction -= kind(coefficient) * bend
        coefficients.append(coefficient)
    if pairs:
        _, bend, inverse_curvature = pairs[-1]
        direction *= kind(1.0 / (inverse_curvature * _dot(bend, bend)))
    for (moved, bend, inverse_curvature), coefficient in zip(
        pairs, reversed(coefficients), strict=True
    ):
        direction += kind(coefficient - inverse_curvature * _dot(bend, direction)) * moved
    return direction


def _dot(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.dot(a, b))


def _norm(a: np.ndarray) -> float:
    return float(np.sqrt(np.dot(a, a)))
