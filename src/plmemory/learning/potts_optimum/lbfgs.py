"""Limited-memory BFGS in the array's own precision.

scipy's works in float64 only and copies its whole history at each step; here the vectors may be
float32 (half the memory traffic, which is what counts for the many parameters of a Potts
model) while the objective stays float64. Steps are accepted by the approximate Wolfe conditions
of Hager and Zhang (SIAM J. Optim. 16, 2005), which look at slopes and so still work where
the objective's change drowns in rounding; the first trial is nearly always accepted, so that an
iteration costs one evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from plmemory.files import checkpoints

Evaluate = Callable[[np.ndarray], tuple[float, np.ndarray]]
Pair = tuple[np.ndarray, np.ndarray, float]  # a step, the change of the gradient, 1 / product

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
    at = _Reached(start, *evaluate(start))
    first = _norm(at.gradient)
    for _ in checkpoints.over(range(max_iterations), vars(at)):
        norm = _norm(at.gradient)
        if norm <= tolerance * first:
            break
        direction = _direction(at.gradient, at.pairs)
        slope = _dot(at.gradient, direction)
        step = 1.0 if at.pairs else min(1.0, 1.0 / norm)
        found = _search(evaluate, at.point, at.objective, direction, slope, step)
        at.evaluations += found.evaluations
        if found.gradient is None:
            break
        moved = found.point - at.point
        bend = found.gradient - at.gradient
        curvature = _dot(moved, bend)
        if curvature > 0:
            at.pairs = [*at.pairs, (moved, bend, 1.0 / curvature)][-memory:]
        at.point, at.objective, at.gradient = found.point, found.objective, found.gradient
        at.iterations += 1
    relative = _norm(at.gradient) / first if first else 0.0
    return Minimum(at.point, at.objective, relative, at.iterations, at.evaluations)


@dataclass
class _Reached:
    """Where a search is, the last steps with the changes of the gradient along them, counts."""

    point: np.ndarray
    objective: float
    gradient: np.ndarray
    pairs: list[Pair] = field(default_factory=list)
    iterations: int = 0
    evaluations: int = 1


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


def _direction(gradient: np.ndarray, pairs: Sequence[Pair]) -> np.ndarray:
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
