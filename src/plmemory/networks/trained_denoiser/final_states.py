"""Samples of a trained denoiser from noise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.networks.denoising import white_noise
from plmemory.networks.final_states import Ends, Protocol
from plmemory.networks.samples import samples
from plmemory.networks.trained_denoiser.denoiser import denoiser


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

    Only the number of ``images`` is used: all starts are noise.
    """
    trained = denoiser(model, replicate, backend, train)
    yield from samples(trained.__call__, protocol, white_noise(images.shape, rng, backend.dtype))
