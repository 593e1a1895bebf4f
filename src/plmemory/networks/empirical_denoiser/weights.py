"""The weight of one example among all, for flipped pixels."""

from __future__ import annotations

import math

import numpy as np

from plmemory.networks.empirical_denoiser.denoiser import Empirical


def sigma_of(overlap: float) -> float:
    """The noise at which weights are the Bayes weights of pixels flipped to overlap 0 < m0 < 1.

    The Bayes weights are proportional to exp(beta xi . x) with beta = atanh m0, those of the
    denoiser, for +1/-1, to exp(xi . x / sigma^2). Hence sigma^2 = 1 / atanh m0.
    """
    return 1 / math.sqrt(math.atanh(overlap))


def weights(
    denoiser: Empirical, states: np.ndarray, places: np.ndarray, overlap: float
) -> np.ndarray:
    """Weights (S,) of the examples at ``places`` (S,), given ``states`` (S, N) of +1/-1."""
    sigma = sigma_of(overlap)
    energy = denoiser.posterior(states, sigma).energy
    away = np.square(states - denoiser.examples[places]).sum(axis=1)
    return np.exp((energy - away) / (2 * sigma**2))
