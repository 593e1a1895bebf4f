"""Where a memory ends, as images: what all kinds of memories tell of themselves to be compared.

A kind of network whose states can be read as images of +1/-1 pixels has ``final_states.py`` with

    final_states(model, replicate, backend, protocol, train, images, rng) -> Iterator[Ends]

for one replicate of a ``model`` of the examples ``train`` (P, N) or (P, N, d): where its dynamics
ends from noise, and from unseen ``images`` (S, N) or (S, N, d), as many as are to be followed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from plmemory.networks.contract import Network
from plmemory.networks.relax import relax_with


class Protocol(NamedTuple):
    """What is followed, in the terms of each kind of memory.

    noisy_overlap: of noisy images, where noise turns pixels over. max_steps: of dynamics that
    settles. steps: of sampling, from noise of ``largest_sigma``, looked at at the ``sigmas``, of
    which the smallest is the last. attractor_sigmas: of the attractors at a fixed noise.
    """

    noisy_overlap: float
    max_steps: int
    steps: int
    largest_sigma: float
    sigmas: Sequence[float]
    attractor_sigmas: Sequence[float]


class Ends(NamedTuple):
    """Final states of one kind.

    start: random, test or noisy_test. dynamics: relaxation (to where the network settles),
    sampling (along falling noise), attractor (at a fixed one). sigma: of the noise at the end, NaN
    where there is none. states: (S, pixels) +1/-1, int8, in the order of the examples' numbers.
    settled: (S,), whether the dynamics had ended. weight: (S,), that of the example of the largest
    weight, None where examples have none.
    """

    start: str
    dynamics: str
    sigma: float
    states: np.ndarray
    settled: np.ndarray
    weight: np.ndarray | None = None


def pixels(states: np.ndarray) -> np.ndarray:
    """The signs of states (S, N) or (S, N, d), +1 of zero: int8, (S, N) or (S, N d)."""
    return np.where(states < 0, np.int8(-1), np.int8(1)).reshape(len(states), -1)


def relaxations(
    network: Network, protocol: Protocol, images: np.ndarray, rng: np.random.Generator
) -> Iterator[Ends]:
    """Where a network settles from random states, noisy images and images."""
    starts = {
        "random": network.random(len(images), rng),
        "noisy_test": network.corrupt(images, protocol.noisy_overlap, rng),
        "test": images,
    }
    for name, states in starts.items():
        relaxed = relax_with(network.step, states, protocol.max_steps)
        yield Ends(name, "relaxation", math.nan, pixels(relaxed.states), relaxed.period > 0)
