"""A denoiser of three layers: its inputs, its loss and the gradient."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.networks.layers import backward, forward

# Frequencies of the sines and cosines of log sigma; log sigma itself is an input too.
FREQUENCIES = (0.5, 1.0, 2.0, 4.0)
TOLD = 2 * len(FREQUENCIES) + 1  # numbers that encode sigma in the input
LAYERS = ("first", "first_bias", "second", "second_bias", "third", "third_bias")


def denoiser(model: Dataset, replicate: int, backend: Backend, train: np.ndarray) -> Denoiser:
    """The denoiser of one replicate of a ``model``; ``backend`` and ``train`` are not used."""
    return Denoiser(*(model[name].values[replicate] for name in LAYERS))


class Denoiser(NamedTuple):
    """D(x) = tanh of the last of three layers, from x / sqrt(1 + sigma^2) and the noise sigma.

    first (H, N + 9), second (H, H), third (N, H), and biases. Dividing by sqrt(1 + sigma^2) brings
    +1/-1 with noise to variance one at every sigma.
    """

    first: np.ndarray
    first_bias: np.ndarray
    second: np.ndarray
    second_bias: np.ndarray
    third: np.ndarray
    third_bias: np.ndarray

    @classmethod
    def random(cls, sites: int, hidden: int, rng: np.random.Generator, dtype: str) -> Denoiser:
        """Weights of variance 2 over a unit's inputs (He et al. 2015, arXiv:1502.01852)."""
        sizes = (sites + TOLD, hidden, hidden, sites)
        found: list[np.ndarray] = []
        for inputs, outputs in itertools.pairwise(sizes):
            weights = rng.standard_normal((outputs, inputs)) * np.sqrt(2 / inputs)
            found += [weights.astype(dtype), np.zeros(outputs, dtype)]
        return cls(*found)

    def __call__(self, states: np.ndarray, sigma: float | np.ndarray) -> np.ndarray:
        """The denoised states (S, N); ``sigma`` of the noise is one for all or (S,)."""
        return np.tanh(forward(self, self._inputs(states, sigma))[-1])

    def gradient(
        self, clean: np.ndarray, noisy: np.ndarray, sigma: np.ndarray
    ) -> tuple[float, tuple[np.ndarray, ...]]:
        """The mean squared error per number, for images (K, N), and its gradient."""
        given = forward(self, self._inputs(noisy, sigma))
        outputs = np.tanh(given[-1])
        missed = outputs - clean
        slopes = missed * (1 - outputs * outputs)
        slopes *= 2 / missed.size
        return float(np.vdot(missed, missed)) / missed.size, backward(self, given, slopes)

    def _inputs(self, states: np.ndarray, sigma: float | np.ndarray) -> np.ndarray:
        noise = np.broadcast_to(np.asarray(sigma, dtype=np.float64), len(states))
        told = told_of(noise).astype(states.dtype)
        scale = (1 / np.sqrt(1 + noise**2)).astype(states.dtype)
        return np.concatenate([states * scale[:, None], told], axis=1)


def told_of(sigma: np.ndarray) -> np.ndarray:
    """The encoding of sigma (K,): numbers (K, 9), approximately between -3 and 3."""
    logs = np.log(sigma)
    waves: Sequence[np.ndarray] = [f(k * logs) for k in FREQUENCIES for f in (np.sin, np.cos)]
    return np.stack([logs, *waves], axis=1)
