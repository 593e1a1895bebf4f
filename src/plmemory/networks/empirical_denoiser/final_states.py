"""Samples of the exact denoiser from noise, and its attractors at a fixed noise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.networks.denoising import settled, white_noise
from plmemory.networks.empirical_denoiser.denoiser import denoiser
from plmemory.networks.final_states import Ends, Protocol, pixels
from plmemory.networks.samples import samples


def final_states(
    model: Dataset,
    replicate: int,
    backend: Backend,
    protocol: Protocol,
    train: np.ndarray,
    images: np.ndarray,
    rng: np.random.Generator,
) -> Iterator[Ends]:
    """See ``networks.final_states``; on the CPU on any device, in the backend's precision.

    ``model`` is not used. Attractors are searched from noisy images.
    """
    exact = denoiser(model, replicate, backend, train)

    def noise() -> np.ndarray:
        return white_noise(images.shape, rng, backend.dtype)

    yield from samples(exact, protocol, noise())
    for sigma in protocol.attractor_sigmas:
        ends, still = settled(exact, images + sigma * noise(), sigma, protocol.max_steps)
        weight = exact.posterior(ends, sigma).largest
        yield Ends("noisy_test", "attractor", sigma, pixels(ends), still, weight)
