"""Perceptrons along gradient descent from w = 0, whose norm is a clock (arXiv:2505.13230).

The loss is that of ``perceptron_optimum`` without the sphere. Labels of a teacher can be learnt
without errors, so the norm grows for ever. The step of the full-batch descent is a given fraction
of the inverse of the largest curvature. This curvature falls as the examples are learnt: with
constant steps the time would be exponential in the norm.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from plmemory.errors import TrainingError
from plmemory.files import checkpoints
from plmemory.learning.perceptron_rows.result import Perceptrons, norms_between
from plmemory.learning.perceptron_rows.space import TargetSpace, target_space
from plmemory.machine.backend import Backend

_LARGEST_GROWTH = 0.1  # of the norm in a step, of the distance between two norms that are looked at
_REFRESH = 10  # steps between two measurements of the curvature
_LARGEST_MARGIN = 500.0  # exp of this is finite
_POWERS = 3  # products that refine the direction of largest curvature


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    targets: np.ndarray,
    smallest_norm: float,
    largest_norm: float,
    norms: int,
    step: float,
    max_steps: int,
) -> Perceptrons:
    """Perceptrons of inputs (R, P, N) with labels ``targets`` (R, P), at given norms on the way.

    ``norms``: their number, from lambda = ``smallest_norm`` to ``largest_norm`` alpha; between two
    steps the path is interpolated linearly. ``step``: in units of the inverse of the largest
    curvature.
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
        return _descend(space, (2 * path).tolist(), step, max_steps)

    for replicate, (found, taken) in enumerate(checkpoints.pieces(train, range(replicates))):
        for place, perceptron in enumerate(found):
            weights[place, replicate] = perceptron
        steps[replicate] = taken
    converged = np.isfinite(weights).all(axis=(0, 2))
    norm = np.repeat(path[:, None], replicates, axis=1)
    return Perceptrons(weights, norm, converged, {}, {"steps": steps})


@dataclass
class _Reached:
    """State of a descent: its point (1, r) and norm, the largest curvature and its direction."""

    point: Any
    direction: Any
    norm: float = 0.0
    curvature: float = np.inf
    found: list[np.ndarray] = field(default_factory=list)
    steps: int = 0


def _descend(
    space: TargetSpace, radii: Sequence[float], step: float, max_steps: int
) -> tuple[list[np.ndarray], int]:
    """The perceptrons (N,) at these distances from the start, and the steps taken to the last."""
    xp, count = space.backend.xp, len(space.projected)
    at = _Reached(space.backend.zeros((1, len(space.values))), space.hebb)
    left = itertools.takewhile(lambda _: len(at.found) < len(radii), range(max_steps))
    for taken in checkpoints.over(left, vars(at)):
        residual = 1 / (1 + xp.exp(xp.clip(space.fields(at.point), None, _LARGEST_MARGIN)))
        if taken % _REFRESH == 0:
            bends = residual * (1 - residual)
            at.direction, at.curvature = _steepest(space, bends, at.direction)
        downhill = space.gradient(residual * 1) / count
        if not _length(downhill, xp) or not at.curvature:
            raise TrainingError(
                "largest_norm: found one at which the loss is below what double precision "
                "resolves, expected a smaller one"
            )
        # Otherwise early steps would jump over recorded norms.
        longest = _LARGEST_GROWTH * max(at.norm, radii[0]) / _length(downhill, xp)
        reached = at.point + min(step / at.curvature, longest) * downhill
        after = _length(reached, xp)
        while len(at.found) < len(radii) and at.norm <= radii[len(at.found)] <= after:
            part = (radii[len(at.found)] - at.norm) / (after - at.norm)
            at.found.append(space.perceptron(at.point + part * (reached - at.point)))
        at.point, at.norm, at.steps = reached, after, taken + 1
    return at.found, at.steps


def _steepest(space: TargetSpace, bends: Any, direction: Any) -> tuple[Any, float]:
    """The direction of largest curvature, refined, and that curvature of the mean loss."""
    xp, curvature = space.backend.xp, np.inf
    for _ in range(_POWERS):
        turned = space.gradient(space.fields(direction) * bends) / len(space.projected)
        curvature = _length(turned, xp)
        if not curvature:
            break
        direction = turned / curvature
    return direction, curvature


def _length(vector: Any, xp: Any) -> float:
    return float(xp.einsum("ij,ij->i", vector, vector)[0]) ** 0.5
