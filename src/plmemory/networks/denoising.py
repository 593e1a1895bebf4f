"""Dynamics of a denoiser: samples at the end of a schedule, attractors at a fixed noise.

A denoiser D_sigma(x) is the mean of the clean image, given the image x with noise of standard
deviation sigma. Noise is removed along the probability flow dx/d(log sigma) = x - D_sigma(x) (Song
et al. 2021, arXiv:2011.13456, variance-exploding case).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

Denoise = Callable[[np.ndarray, float], np.ndarray]
"""D: states (S, N) and sigma to (S, N)."""

# Largest change of a number in a step for which a state counts as an attractor.
STILL = 1e-4


def white_noise(shape: tuple[int, ...], rng: np.random.Generator, dtype: Any) -> np.ndarray:
    """Independent numbers of variance one, in this floating-point type."""
    return rng.standard_normal(shape, dtype=dtype)


def schedule(
    largest: float, smallest: float, steps: int, within: Sequence[float] = ()
) -> np.ndarray:
    """Noises from the largest to the smallest, ``steps`` equal steps of their logarithm.

    Additional noises ``within`` these limits are inserted in order.
    """
    even = np.geomspace(largest, smallest, steps + 1)
    even[0], even[-1] = largest, smallest  # exactly, without rounding
    return np.unique([*even, *within])[::-1]


def sampled(
    denoise: Denoise, states: np.ndarray, sigmas: np.ndarray
) -> Iterator[tuple[float, np.ndarray]]:
    """Remove the noise of ``states`` (S, N) along falling ``sigmas``; yields each sigma and D.

    D is constant over a step, which solves the flow exactly for a single example:
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
    """Iterate x <- D(x) from ``states`` (S, N): final states, and whether each (S,) is settled.

    A state is set aside when none of its numbers changes by more than ``still``.
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
