"""Perceptrons of largest stability min_mu y_mu w . x_mu / |w| (Gardner 1988; Krauth & Mezard 1987).

The method is the dual of rows, ``maximum_stability.dual_ascent``, with labels instead of spins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from plmemory.files import checkpoints
from plmemory.learning.maximum_stability.dual_ascent import Margin, ascend
from plmemory.learning.perceptron_rows.result import Perceptrons
from plmemory.learning.perceptron_rows.space import TargetSpace, target_space
from plmemory.machine.backend import Backend


@dataclass(frozen=True)
class _HardMargin:
    """The hard-margin dual of one perceptron."""

    space: TargetSpace
    curvature: float

    @property
    def backend(self) -> Backend:
        return self.space.backend

    def take(self, rows: np.ndarray) -> _HardMargin:
        return self

    def fields(self, variables: Any) -> Any:
        return self.space.fields(self.space.gradient(variables * 1))


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    targets: np.ndarray,
    gap: float,
    max_iterations: int,
) -> Perceptrons:
    """Perceptrons of the inputs (R, P, N) with the labels ``targets`` (R, P).

    ``gap``: certified relative bound on the distance of the smallest stability from the largest
    possible. Deterministic: ``rngs`` is not used.

    Diagnostics, for each replicate: the ``smallest_stability`` and the ``relative_gap`` reached,
    and ``iterations``. Raises InputError for a label that is not +1 or -1.
    """

    def train(replicate: int) -> tuple[np.ndarray, Margin]:
        space = target_space(patterns[replicate], targets[replicate], backend)
        count = patterns.shape[1]
        # With a margin for rounding, so that steps never exceed the inverse curvature.
        curvature = 1.001 * count * float(space.backend.to_numpy(space.values)[-1])
        start = space.backend.asarray(np.ones((1, count)))
        margin = ascend(
            _HardMargin(space, curvature),
            start,
            gap=gap,
            negligible=0.0,
            max_iterations=max_iterations,
        )
        weights = space.perceptron(space.gradient(margin.variables * 1))
        return weights, margin._replace(variables=None)

    trained = checkpoints.pieces(train, range(len(patterns)))
    weights = [weights for weights, _ in trained]
    found = [Margin(*margin) for _, margin in trained]
    gaps = np.array([1 - margin.lower[0] / margin.upper[0] for margin in found])
    diagnostics = {
        "smallest_stability": np.array([margin.lower[0] for margin in found]),
        "relative_gap": gaps,
        "iterations": np.array([margin.iterations[0] for margin in found]),
    }
    norm = np.full((1, len(patterns)), np.inf)
    return Perceptrons(np.array(weights)[None], norm, gaps <= gap, {}, diagnostics)
