"""Two layers that learn labels: the norm of the weights and the test error during training.

A reduced form of the deep networks of arXiv:2505.13230, which are trained by Adam (Kingma & Ba
2015) with a rate of 10^-3, without decay, for 500 epochs, with 50 log-spaced records. Width,
batches and the scale of the start are our choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from plmemory.files import checkpoints
from plmemory.learning.adam import Adam
from plmemory.learning.two_layers.network import TwoLayers, spectral_complexity
from plmemory.machine.backend import Backend

_MEASURED = ("norm", "test_error", "train_error")


class Trained(NamedTuple):
    """The history of a training; nothing else is kept.

    converged: (replicate,), true: the length is fixed. history: ``norm`` (the spectral complexity),
    ``test_error``, ``train_error``, each (record, replicate), and ``step`` (record,).
    """

    converged: np.ndarray
    history: dict[str, np.ndarray]
    diagnostics: dict[str, np.ndarray]

    @property
    def variables(self) -> dict[str, tuple[Any, ...]]:
        """Nothing but the history."""
        return {}


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator],
    *,
    train_label: np.ndarray,
    test: np.ndarray,
    test_label: np.ndarray,
    hidden: int,
    initial_scale: float,
    learning_rate: float,
    epochs: int,
    batch_size: int,
    records: int,
) -> Trained:
    """Train on the inputs (R, P, N) with labels (R, P); test on (K, N) with labels (K,).

    It runs on the CPU for any device, in the backend's floating-point type; ``rngs`` draw the
    starts and the order of the examples.

    Labels are any numbers; test examples may have other labels than the training examples.
    """
    count = patterns.shape[1]
    batches = -(-count // batch_size)
    steps = epochs * batches
    recorded = np.unique(np.rint(np.geomspace(1, steps, records)).astype(int))

    def train(replicate: int) -> np.ndarray:
        rng = rngs[replicate]
        classes = np.union1d(train_label[replicate], test_label)
        inputs = patterns[replicate]
        labels, wanted = (
            np.searchsorted(classes, found) for found in (train_label[replicate], test_label)
        )
        sizes = inputs.shape[1], hidden, len(classes)
        network = TwoLayers.random(*sizes, initial_scale, rng, backend.dtype)
        adam = Adam(network.parameters)
        order = np.empty(count, dtype=np.int64)
        measured = np.empty((len(recorded), len(_MEASURED)))
        state = (*network.parameters, *adam.state, order, measured, rng)
        for step in checkpoints.over(range(1, steps + 1), *state):
            place = (step - 1) % batches * batch_size
            if place == 0:
                order[:] = rng.permutation(count)
            batch = order[place : place + batch_size]
            given = inputs[batch].astype(backend.dtype)
            adam.step(network.gradient(given, labels[batch]), step, learning_rate)
            if step in recorded:
                measured[np.searchsorted(recorded, step)] = (
                    spectral_complexity(network.layers),
                    network.error(test, wanted),
                    network.error(inputs, labels),
                )
        return measured

    found = np.stack(checkpoints.pieces(train, range(len(patterns))), axis=1)
    history = dict(zip(_MEASURED, np.moveaxis(found, 2, 0), strict=True))
    return Trained(np.ones(len(patterns), dtype=bool), {"step": recorded, **history}, {})
