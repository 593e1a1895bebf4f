"""The samples of a denoiser as final states of a memory.

Separate from ``denoising``, which trainings use too: these do not depend on how dynamics settles.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from plmemory.networks.denoising import Denoise, sampled, schedule
from plmemory.networks.final_states import Ends, Protocol, pixels


def samples(denoise: Denoise, protocol: Protocol, noise: np.ndarray) -> Iterator[Ends]:
    """Samples at the noises of a protocol, from standard normal ``noise`` (S, N)."""
    sigmas = schedule(protocol.largest_sigma, min(protocol.sigmas), protocol.steps, protocol.sigmas)
    every = np.ones(len(noise), dtype=bool)
    for sigma, found in sampled(denoise, protocol.largest_sigma * noise, sigmas):
        if sigma in protocol.sigmas:
            yield Ends("random", "sampling", sigma, pixels(found), every)
