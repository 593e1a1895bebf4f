"""Layers of rectified units: outputs, and the gradient of a loss.

Parameters are weights (out, in) and biases (out,), layer by layer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def forward(parameters: Sequence[np.ndarray], inputs: np.ndarray) -> list[np.ndarray]:
    """The inputs of each layer, (K, in), and the outputs (K, out), which are not rectified."""
    given = [inputs]
    last = len(parameters) // 2 - 1
    for layer in range(last + 1):
        weights, biases = parameters[2 * layer : 2 * layer + 2]
        sums = given[-1] @ weights.T + biases
        given.append(sums if layer == last else np.maximum(sums, 0, out=sums))
    return given


def backward(
    parameters: Sequence[np.ndarray], given: Sequence[np.ndarray], slopes: np.ndarray
) -> tuple[np.ndarray, ...]:
    """The gradient, in the order of the parameters, of a loss with ``slopes`` (K, out).

    given: the result of ``forward``. slopes: derivatives of the loss by the outputs.
    """
    found: list[np.ndarray] = []
    for layer in reversed(range(len(parameters) // 2)):
        found = [slopes.T @ given[layer], slopes.sum(axis=0), *found]
        if layer:
            slopes = slopes @ parameters[2 * layer]
            slopes *= given[layer] > 0
    return tuple(found)
