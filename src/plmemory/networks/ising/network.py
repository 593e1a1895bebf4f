"""The network of Ising spins, for measures."""

from __future__ import annotations

import numpy as np

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.networks.contract import Network
from plmemory.networks.ising.by_rows import Held, Rows, couplings
from plmemory.networks.ising.couplings import energy_and_stability
from plmemory.networks.ising.sequential import sequential
from plmemory.networks.ising.states import corrupt, overlap, spins
from plmemory.networks.ising.synchronous import Synchronous
from plmemory.networks.nearest import nearest_overlap


def network(model: Dataset, replicate: int, backend: Backend) -> Network:
    """The network of one replicate of a ``model`` with ``couplings`` (R, N, N).

    Large couplings are read by rows.
    """
    found = couplings(model, replicate)
    return ising(found.array, backend) if isinstance(found, Held) else by_rows(found, backend)


def ising(array: np.ndarray, backend: Backend) -> Network:
    """The network of Ising spins with couplings (N, N).

    Its energy is -1/(2N) sum_ij s_i J_ij s_j, to which only the symmetric part of the couplings
    contributes; its stabilities are s_i h_i / |J_i|.
    """
    exact = array.astype(np.float64)
    norms = np.linalg.norm(exact, axis=1)

    return Network(
        step=Synchronous(array, backend),
        sweep=lambda rng: sequential(array, rng),
        measure=lambda states: energy_and_stability(states, [(slice(None), exact)], norms),
        overlap=overlap,
        nearest=nearest_overlap,
        random=lambda count, rng: spins((count, len(array)), rng),
        corrupt=corrupt,
    )


def by_rows(rows: Rows, backend: Backend) -> Network:
    """The same with couplings in a file; only sequential updates hold them in memory."""
    return Network(
        step=rows.step(backend),
        sweep=lambda rng: sequential(np.asarray(rows), rng),
        measure=rows.measure,
        overlap=overlap,
        nearest=nearest_overlap,
        random=lambda count, rng: spins((count, rows.sites), rng),
        corrupt=corrupt,
    )
