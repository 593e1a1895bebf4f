"""Final states of a network of Ising spins, from random states, noisy images and images."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.networks.final_states import Ends, Protocol, relaxations
from plmemory.networks.ising.network import network


def final_states(
    model: Dataset,
    replicate: int,
    backend: Backend,
    protocol: Protocol,
    train: np.ndarray,
    images: np.ndarray,
    rng: np.random.Generator,
) -> Iterator[Ends]:
    """See ``networks.final_states``; ``train`` is not used."""
    yield from relaxations(network(model, replicate, backend), protocol, images, rng)
