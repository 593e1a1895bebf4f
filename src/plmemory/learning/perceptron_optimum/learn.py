"""Perceptrons that minimise the pseudo-likelihood at fixed norms (arXiv:2505.13230).

The loss is sum_mu log(1 + exp(-2 Delta_mu)) with Delta_mu = y_mu w . x_mu / sqrt(N), over the
sphere |w| = lambda sqrt(N): one row of ``logistic_rows`` with labels instead of spins. The
optima are followed from Hebb's rule outwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from plmemory.files import checkpoints
from plmemory.learning.logistic_rows.minimise import Minimum, minimise
from plmemory.learning.perceptron_rows.result import Perceptrons, norms_between
from plmemory.learning.perceptron_rows.space import target_space
from plmemory.machine.backend import Backend


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    targets: np.ndarray,
    smallest_norm: float,
    largest_norm: float,
    norms: int,
    tolerance: float,
    max_iterations: int,
) -> Perceptrons:
    """Perceptrons of the inputs (R, P, N) with the labels ``targets`` (R, P), at every norm.

    ``norms``: their number, from lambda = ``smallest_norm`` to ``largest_norm`` alpha.
    ``tolerance``: see ``logistic_rows.minimise``. Deterministic: ``rngs`` is not used.

    Diagnostics, for each replicate: the largest ``relative_gradient`` and ``iterations`` at any
    norm.

    Raises
    ------
    InputError
        If the norms are not positive and ascending, or a label is not +1 or -1.
    """
    replicates, count, sites = patterns.shape
    path = norms_between(smallest_norm, largest_norm * count / sites, norms)
    weights = np.empty((norms, replicates, sites))
    gradient, iterations = np.zeros(replicates), np.zeros(replicates, dtype=np.int64)
    for replicate, (inputs, labels) in enumerate(zip(patterns, targets, strict=True)):
        space = target_space(inputs, labels, backend)

        def solve(radius: float, point: np.ndarray, space: Any = space) -> Minimum:
            start = space.backend.asarray(point)
            found = minimise(
                space,
                start,
                radius=radius,
                l2=0.0,
                tolerance=tolerance,
                max_iterations=max_iterations,
            )
            return found._replace(coordinates=space.backend.to_numpy(found.coordinates))

        point, radius = space.backend.to_numpy(space.hebb), 1.0
        for step, norm in enumerate(path.tolist()):
            # Margins 2 Delta are the aligned fields of coordinates of norm 2 lambda.
            point, radius = point * (2 * norm / radius), 2 * norm
            # Each starts from the result of the previous norm.
            (found,) = checkpoints.pieces(partial(solve, radius), [point])
            found = Minimum(*found)
            point = found.coordinates
            weights[step, replicate] = space.perceptron(space.backend.asarray(point))
            gradient[replicate] = max(gradient[replicate], found.relative_gradient[0])
            iterations[replicate] = max(iterations[replicate], found.iterations[0])
    diagnostics = {"relative_gradient": gradient, "iterations": iterations}
    norm = np.repeat(path[:, None], replicates, axis=1)
    return Perceptrons(weights, norm, gradient <= tolerance, {}, diagnostics)
