"""A network of two layers of weights, its gradient and its norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from plmemory.machine.chunks import chunks
from plmemory.networks.layers import backward, forward


class TwoLayers(NamedTuple):
    """Classes from inputs x: the largest of second max(0, first x + first_bias) + second_bias.

    first (H, N), second (C, H), biases (H,) and (C,).
    """

    first: np.ndarray
    first_bias: np.ndarray
    second: np.ndarray
    second_bias: np.ndarray

    @classmethod
    def random(
        cls,
        inputs: int,
        hidden: int,
        classes: int,
        scale: float,
        rng: np.random.Generator,
        dtype: str,
    ) -> TwoLayers:
        """Weights and biases uniform within ``scale`` over the root of a unit's inputs."""

        def uniform(*shape: int, fan: int) -> np.ndarray:
            return (rng.uniform(-scale, scale, shape) / np.sqrt(fan)).astype(dtype)

        return cls(
            uniform(hidden, inputs, fan=inputs),
            uniform(hidden, fan=inputs),
            uniform(classes, hidden, fan=hidden),
            uniform(classes, fan=hidden),
        )

    @property
    def parameters(self) -> tuple[np.ndarray, ...]:
        """All parameters, in the order of ``gradient``."""
        return tuple(self)

    @property
    def layers(self) -> tuple[np.ndarray, np.ndarray]:
        """The weights without biases."""
        return self.first, self.second

    def outputs(self, inputs: np.ndarray) -> np.ndarray:
        """The outputs (K, C) before the softmax, for inputs (K, N)."""
        return forward(self, inputs)[-1]

    def error(self, inputs: np.ndarray, labels: np.ndarray) -> float:
        """The fraction of inputs (K, N) whose largest output is not that of their label (K,).

        They are read some at a time.
        """
        wrong = 0
        for place in chunks(len(inputs), max(self.first.shape)):
            outputs = self.outputs(inputs[place].astype(self.first.dtype))
            wrong += int((outputs.argmax(axis=1) != labels[place]).sum())
        return wrong / len(inputs)

    def gradient(self, inputs: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, ...]:
        """The gradient of the mean cross-entropy of inputs (K, N) with labels (K,)."""
        given = forward(self, inputs)
        outputs = given[-1]
        outputs -= outputs.max(axis=1, keepdims=True)
        slopes = np.exp(outputs)
        slopes /= slopes.sum(axis=1, keepdims=True)
        slopes[np.arange(len(labels)), labels] -= 1
        slopes /= len(labels)
        return backward(self, given, slopes)


def spectral_complexity(layers: Sequence[np.ndarray]) -> float:
    """(prod_l |A_l|) (sum_l (|A_l^T|_{2,1} / |A_l|)^(2/3))^(3/2) of weights A_l (out, in).

    |A| is the spectral norm and |A^T|_{2,1} the sum of the norms of the rows of A, for activations
    of slope at most one (Bartlett, Foster & Telgarsky 2017, arXiv:1706.08498, from zero).
    """
    spectral = [float(np.linalg.norm(layer, 2)) for layer in layers]
    rows = [float(np.linalg.norm(layer, axis=1).sum()) for layer in layers]
    ratios = [(row / norm) ** (2 / 3) for row, norm in zip(rows, spectral, strict=True)]
    return float(np.prod(spectral)) * sum(ratios) ** 1.5
