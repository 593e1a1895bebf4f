"""The network of vector spins, for measures."""

from __future__ import annotations

import numpy as np

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.networks.contract import Network
from plmemory.networks.vectors.couplings import Factors, factors, row_norms
from plmemory.networks.vectors.sequential import sequential
from plmemory.networks.vectors.states import corrupt, directions, nearest, overlap
from plmemory.networks.vectors.synchronous import Synchronous


def network(model: Dataset, replicate: int, backend: Backend) -> Network:
    """The network of one replicate of a ``model`` with factors (R, P, N, d)."""
    return vectors(factors(model, replicate), backend)


def vectors(couplings: Factors, backend: Backend) -> Network:
    """The network of vector spins with these couplings.

    Its energy is -1/(2N) sum_ij s_i . J_ij s_j; its stabilities are s_i . h_i / |J_i|, those of
    Ising spins for d = 1.
    """
    step = Synchronous(couplings, backend)
    _, sites, components = couplings.left.shape
    norms = row_norms(couplings)

    def measure(states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        fields = backend.to_numpy(step.fields(backend.asarray(states)))
        aligned = np.einsum("sia,sia->si", fields, states, dtype=np.float64)
        stabilities = np.divide(aligned, norms, out=np.zeros(aligned.shape), where=norms > 0)
        return -aligned.mean(axis=1) / 2, stabilities.min(axis=1)

    def random(count: int, rng: np.random.Generator) -> np.ndarray:
        return directions((count, sites, components), rng).astype(backend.dtype)

    return Network(
        step=step,
        sweep=lambda rng: sequential(couplings, rng),
        measure=measure,
        overlap=overlap,
        nearest=nearest,
        random=random,
        corrupt=corrupt,
    )
