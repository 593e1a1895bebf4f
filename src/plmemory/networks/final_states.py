"""Final states of a memory as images, by which all kinds of memories are compared.

A type of network whose states can be read as images of +1/-1 pixels has ``final_states.py`` with

    final_states(model, replicate, backend, protocol, train, images, rng) -> Iterator[Ends]

for one replicate of a ``model`` of the examples ``train`` (P, N) or (P, N, d): the final states of
its dynamics from noise and from unseen ``images`` (S, N) or (S, N, d), which are all followed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from plmemory.networks.contract import Network
from plmemory.networks.relax import relax_with


class Protocol(NamedTuple):
    """The protocol of all kinds of memories.

    noisy_overlap: of noisy images, if noise flips pixels. max_steps: of relaxation. steps: of
    sampling, from noise ``largest_sigma``, recorded at the ``sigmas``, of which the smallest is the
    last. attractor_sigmas: the fixed noises for attractors.
    """

    noisy_overlap: float
    max_steps: int
    steps: int
    largest_sigma: float
    sigmas: Sequence[float]
    attractor_sigmas: Sequence[float]


class Ends(NamedTuple):
    """Final states of one kind.

    start: random, test or noisy_test. dynamics: relaxation (of a network), sampling (along falling
    noise), attractor (at a fixed noise). sigma: of the noise at the end, NaN without noise. states:
    (S, pixels) +1/-1, int8, in the order of the numbers of an example. settled: (S,), whether the
    dynamics had ended. weight: (S,), the largest weight of an example, None if examples have no
    weights.
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
    """Final states of a network from random states, noisy images and images."""
    starts = {
        "random": network.random(len(images), rng),
        "noisy_test": network.corrupt(images, protocol.noisy_overlap, rng),
        "test": images,
    }
    for name, states in starts.items():
        relaxed = relax_with(network.step, states, protocol.max_steps)
        yield Ends(name, "relaxation", math.nan, pixels(relaxed.states), relaxed.period > 0)
