"""What a denoiser makes of noise: samples at the end of a schedule, attractors at a fixed noise.

A denoiser D_sigma(x) tells the mean of what x was before noise of standard deviation sigma. Noise
is taken away along the probability flow dx/d(log sigma) = x - D_sigma(x) (Song et al. 2021,
arXiv:2011.13456, for noise that only spreads).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

Denoise = Callable[[np.ndarray, float], np.ndarray]
"""D: states (S, N) and sigma to (S, N)."""

# Change of a number in a step up to which a state counts as an attractor.
STILL = 1e-4


def white_noise(shape: tuple[int, ...], rng: np.random.Generator, dtype: Any) -> np.ndarray:
    """Independent numbers of variance one, in this floating-point type."""
    return rng.standard_normal(shape, dtype=dtype)


def schedule(
    largest: float, smallest: float, steps: int, within: Sequence[float] = ()
) -> np.ndarray:
    """Noises from the largest to the smallest, ``steps`` equal steps of their logarithm.

    Those ``within`` the two are put where they belong.
    """
    even = np.geomspace(largest, smallest, steps + 1)
    even[0], even[-1] = largest, smallest  # not to one part in 10^16
    return np.unique([*even, *within])[::-1]


def sampled(
    denoise: Denoise, states: np.ndarray, sigmas: np.ndarray
) -> Iterator[tuple[float, np.ndarray]]:
    """Take the noise of ``states`` (S, N) away along falling ``sigmas``; D at each of them.

    Over a step D is taken as constant, which solves the flow exactly for a single example:
    x' = D + (x - D) sigma'/sigma; the error is of first order in the length of a step.
    """
    for place, sigma in enumerate(sigmas):
        found = denoise(states, float(sigma))
        yield float(sigma), found
        if place + 1 < len(sigmas):
            states = found + (states - found) * (sigmas[place + 1] / sigma).astype(states.dtype)


def settled(
    denoise: Denoise, states: np.ndarray, sigma: float, max_steps: int, still: float = STILL
) -> tuple[np.ndarray, np.ndarray]:
    """Iterate x <- D(x) from ``states`` (S, N): where they end, and which of them (S,) rest.

    A state is set aside once no number of it changes by more than ``still``.
    """
    ends, rests = states.copy(), np.zeros(len(states), dtype=bool)
    moving = np.arange(len(states))
    for _ in range(max_steps):
        if not len(moving):
            break
        before = ends[moving]
        after = denoise(before, sigma)
        ends[moving] = after
        rest = np.abs(after - before).max(axis=1) <= still
        rests[moving[rest]] = True
        moving = moving[~rest]
    return ends, rests
