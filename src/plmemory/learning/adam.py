"""Adam (Kingma & Ba 2015): steps down gradients in units of their recent size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_MEMORY = (0.9, 0.999)  # for the gradient and its square
_SMALL = 1e-8


class Adam:
    """Steps change the parameters in place; ``state``: the moments of the gradients."""

    def __init__(self, parameters: Sequence[np.ndarray]) -> None:
        self._parameters = parameters
        self._mean = [np.zeros_like(values) for values in parameters]
        self._square = [np.zeros_like(values) for values in parameters]
        self.state = [*self._mean, *self._square]

    def step(self, gradients: Sequence[np.ndarray], number: int, rate: float) -> None:
        """Take step ``number`` (from 1) with a learning rate."""
        first, second = _MEMORY
        rate = rate * np.sqrt(1 - second**number) / (1 - first**number)
        for values, gradient, mean, square in zip(
            self._parameters, gradients, self._mean, self._square, strict=True
        ):
            mean += (1 - first) * (gradient - mean)
            square += (1 - second) * (gradient * gradient - square)
            values -= rate * mean / (np.sqrt(square) + _SMALL)
