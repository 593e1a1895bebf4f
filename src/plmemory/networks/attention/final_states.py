"""Final states of the network of attention, from random images, noisy images and images."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.networks.attention.network import network
from plmemory.networks.final_states import Ends, Protocol, relaxations
from plmemory.networks.ising import states as ising


def final_states(
    model: Dataset,
    replicate: int,
    backend: Backend,
    protocol: Protocol,
    train: np.ndarray,
    images: np.ndarray,
    rng: np.random.Generator,
) -> Iterator[Ends]:
    """See ``networks.final_states``; ``train`` is not used.

    All starts are images, as for Ising spins: tokens are patches of d pixels +1/-1 over sqrt(d);
    the pixels are random, flipped by noise, or clean.
    """
    shape = images.shape[1:]

    def tokens(pixels: np.ndarray) -> np.ndarray:
        return (pixels / math.sqrt(shape[1])).astype(backend.dtype).reshape(-1, *shape)

    def random(count: int, rng: np.random.Generator) -> np.ndarray:
        return tokens(ising.spins((count, math.prod(shape)), rng))

    def corrupt(states: np.ndarray, initial_overlap: float, rng: np.random.Generator) -> np.ndarray:
        flat = states.reshape(len(states), -1)
        return ising.corrupt(flat, initial_overlap, rng).reshape(states.shape)

    of_images = replace(network(model, replicate, backend), random=random, corrupt=corrupt)
    yield from relaxations(of_images, protocol, images.astype(backend.dtype), rng)
