"""The exact denoiser of K examples: one step of a dense associative memory.

With x = xi + sigma z the mean of xi given x is D(x) = sum_mu w_mu xi^mu with weights
w = softmax(-|x - xi^mu|^2 / (2 sigma^2)). It descends E(x) = -(1/beta) log sum_mu
exp(-beta |x - xi^mu|^2), beta = 1/(2 sigma^2): grad E = 2 (x - D) (arXiv:2505.21777).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend

# States and examples processed together, so that products and weights stay small.
STATES, EXAMPLES = 512, 4096


def denoiser(model: Dataset, replicate: int, backend: Backend, train: np.ndarray) -> Empirical:
    """The denoiser of the examples ``train`` (K, N), in the backend's precision."""
    return Empirical(train.astype(backend.dtype))


class Posterior(NamedTuple):
    """The posterior of the example behind each state.

    mean: D (S, N). energy: E (S,). largest: the largest of the weights (S,).
    """

    mean: np.ndarray
    energy: np.ndarray
    largest: np.ndarray


class Empirical:
    """The denoiser of ``examples`` (K, N), in their floating-point type."""

    def __init__(self, examples: np.ndarray) -> None:
        self.examples = examples
        self._squares = np.einsum("ki,ki->k", examples, examples) / 2

    def __call__(self, states: np.ndarray, sigma: float) -> np.ndarray:
        """D of states (S, N)."""
        return self.posterior(states, sigma).mean

    def posterior(self, states: np.ndarray, sigma: float) -> Posterior:
        """The posterior given states (S, N). Sums use log-sum-exp, block by block."""
        parts = [
            self._posterior(states[begin : begin + STATES], sigma)
            for begin in range(0, len(states), STATES)
        ]
        return Posterior(*map(np.concatenate, zip(*parts, strict=True)))

    def _posterior(self, states: np.ndarray, sigma: float) -> Posterior:
        beta = 1 / (2 * sigma**2)
        mean = np.zeros_like(states)
        total = np.zeros(len(states), states.dtype)
        highest = np.full(len(states), -np.inf, states.dtype)
        for begin in range(0, len(self.examples), EXAMPLES):
            examples = self.examples[begin : begin + EXAMPLES]
            # -beta |x - xi|^2 without the square of x
            weights = states @ examples.T
            weights -= self._squares[begin : begin + EXAMPLES]
            weights *= states.dtype.type(2 * beta)
            before, highest = highest, np.maximum(highest, weights.max(axis=1))
            weights -= highest[:, None]
            np.exp(weights, out=weights)
            kept = np.exp(before - highest)
            total = total * kept + weights.sum(axis=1)
            mean *= kept[:, None]
            mean += weights @ examples
        mean /= total[:, None]
        energy = np.einsum("si,si->s", states, states) - (np.log(total) + highest) / beta
        return Posterior(mean, energy, 1 / total)
