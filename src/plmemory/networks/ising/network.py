"""The network of Ising spins, as measures see it."""

from __future__ import annotations

import numpy as np

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.networks.contract import Network
from plmemory.networks.ising.sequential import sequential
from plmemory.networks.ising.states import corrupt, overlap, spins
from plmemory.networks.ising.synchronous import Synchronous
from plmemory.networks.nearest import nearest_overlap


def network(model: Dataset, replicate: int, backend: Backend) -> Network:
    """The network of one replicate of a ``model`` with ``couplings`` (R, N, N)."""
    return ising(model["couplings"].values[replicate], backend)


def ising(couplings: np.ndarray, backend: Backend) -> Network:
    """The network of Ising spins with couplings (N, N).

    Its energy is -1/(2N) sum_ij s_i J_ij s_j, to which only the symmetric part of the couplings
    contributes; its stabilities are s_i h_i / |J_i|.
    """
    exact = couplings.astype(np.float64)
    norms = np.linalg.norm(exact, axis=1)

    def measure(states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        aligned = (states @ exact.T) * states
        stabilities = np.divide(aligned, norms, out=np.zeros(aligned.shape), where=norms > 0)
        return -aligned.mean(axis=1) / 2, stabilities.min(axis=1)

    return Network(
        step=Synchronous(couplings, backend),
        sweep=lambda rng: sequential(couplings, rng),
        measure=measure,
        overlap=overlap,
        nearest=nearest_overlap,
        random=lambda count, rng: spins((count, len(couplings)), rng),
        corrupt=corrupt,
    )
