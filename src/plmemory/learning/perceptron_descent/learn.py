"""Perceptrons along gradient descent from w = 0, whose norm is a clock (arXiv:2505.13230).

The loss is that of ``perceptron_optimum`` without the sphere. Labels of a teacher can be learnt
without errors, so the norm grows for ever. The way is that of full-batch descent with small steps,
the gradient flow. The largest curvature, which limits the steps, falls as the examples are learnt,
with the norm; its inverse is still a small part of the time in which the norm grows. So a step has
several evaluations, which keep it stable (see ``chebyshev``).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from plmemory.errors import TrainingError
from plmemory.files import checkpoints
from plmemory.learning.perceptron_descent import chebyshev
from plmemory.learning.perceptron_rows.result import Perceptrons, norms_between
from plmemory.learning.perceptron_rows.space import TargetSpace, target_space
from plmemory.machine.backend import Backend

_LARGEST_MARGIN = 500.0  # exp of this is finite
# Of the largest curvature, which is estimated from below, by less than 5 % in trials.
_SAFETY = 1.1
_STAGES = 40  # of a step, at most


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    targets: np.ndarray,
    smallest_norm: float,
    largest_norm: float,
    norms: int,
    growth: float,
    max_steps: int,
) -> Perceptrons:
    """Perceptrons of inputs (R, P, N) with labels ``targets`` (R, P), at given norms on the way.

    ``norms``: their number, from lambda = ``smallest_norm`` to ``largest_norm`` alpha; between two
    steps the path is interpolated linearly. ``growth``: of the norm in a step, at most, over the
    norm or the smallest one.
    Deterministic: ``rngs`` is not used.

    Diagnostics, for each replicate: the number of ``steps``.

    Raises
    ------
    InputError
        If the norms are not positive and ascending, or a label is not +1 or -1.
    TrainingError
        If the loss becomes too small to be followed.
    """
    replicates, count, sites = patterns.shape
    path = norms_between(smallest_norm, largest_norm * count / sites, norms)
    weights = np.full((norms, replicates, sites), np.nan)
    steps = np.zeros(replicates, dtype=np.int64)

    def train(replicate: int) -> tuple[list[np.ndarray], int]:
        space = target_space(patterns[replicate], targets[replicate], backend)
        # Aligned fields of coordinates of norm 2 lambda are margins 2 Delta.
        return _descend(space, (2 * path).tolist(), growth, max_steps)

    for replicate, (found, taken) in enumerate(checkpoints.pieces(train, range(replicates))):
        for place, perceptron in enumerate(found):
            weights[place, replicate] = perceptron
        steps[replicate] = taken
    converged = np.isfinite(weights).all(axis=(0, 2))
    norm = np.repeat(path[:, None], replicates, axis=1)
    return Perceptrons(weights, norm, converged, {}, {"steps": steps})


@dataclass
class _Reached:
    """State of a descent: its point (1, r) and norm, and the direction of largest curvature."""

    point: Any
    direction: Any
    norm: float = 0.0
    found: list[np.ndarray] = field(default_factory=list)
    steps: int = 0


def _descend(
    space: TargetSpace, radii: Sequence[float], growth: float, max_steps: int
) -> tuple[list[np.ndarray], int]:
    """The perceptrons (N,) at these distances from the start, and the steps taken to the last."""
    xp, count = space.backend.xp, len(space.projected)

    def residuals(point: Any) -> Any:
        return 1 / (1 + xp.exp(xp.clip(space.fields(point), None, _LARGEST_MARGIN)))

    def downhill(point: Any) -> Any:
        return space.gradient(residuals(point)) / count

    at = _Reached(space.backend.zeros((1, len(space.values))), _steepest_at_zero(space))
    left = itertools.takewhile(lambda _: len(at.found) < len(radii), range(max_steps))
    for taken in checkpoints.over(left, vars(at)):
        residual = residuals(at.point)
        at.direction, curvature = _steepest(space, residual * (1 - residual), at.direction)
        first = space.gradient(residual) / count
        slope = _length(first, xp)
        if not slope or not curvature:
            raise TrainingError(
                "largest_norm: found one at which the loss is below what double precision "
                "resolves, expected a smaller one"
            )
        curvature *= _SAFETY
        # Otherwise early steps would jump over recorded norms.
        length = growth * max(at.norm, radii[0]) / slope
        length = min(length, chebyshev.longest(_STAGES) / curvature)
        number = chebyshev.stages(length * curvature)
        reached = chebyshev.step(downhill, at.point, first, length, number)
        after = _length(reached, xp)
        while len(at.found) < len(radii) and at.norm <= radii[len(at.found)] <= after:
            part = (radii[len(at.found)] - at.norm) / (after - at.norm)
            at.found.append(space.perceptron(at.point + part * (reached - at.point)))
        at.point, at.norm, at.steps = reached, after, taken + 1
    return at.found, at.steps


def _steepest_at_zero(space: TargetSpace) -> Any:
    """The direction (1, r) of largest curvature at w = 0: the first principal component."""
    values = space.backend.to_numpy(space.values)
    return space.backend.asarray(np.eye(1, len(values), int(values.argmax())))


def _steepest(space: TargetSpace, bends: Any, direction: Any) -> tuple[Any, float]:
    """The direction of largest curvature, refined, and that curvature of the mean loss."""
    xp = space.backend.xp
    turned = space.gradient(space.fields(direction) * bends) / len(space.projected)
    curvature = _length(turned, xp)
    return (turned / curvature if curvature else direction), curvature


def _length(vector: Any, xp: Any) -> float:
    return float(xp.einsum("ij,ij->i", vector, vector)[0]) ** 0.5
