"""Zero-temperature dynamics of vector spins, one site after the other in random order."""

from __future__ import annotations

import numpy as np

from plmemory.networks.contract import Step
from plmemory.networks.vectors.couplings import Factors, own_blocks
from plmemory.networks.vectors.synchronous import TOLERANCE


def sequential(couplings: Factors, rng: np.random.Generator) -> Step:
    """The step that sweeps once through the sites in a new random order, shared by all states.

    In double precision; a field below rounding keeps the spin.
    """
    left, right = (part.astype(np.float64) for part in couplings)
    blocks = own_blocks(Factors(left, right))
    rounding = np.finfo(np.float64).eps * left.shape[1] * np.linalg.norm(left, axis=-1).sum(axis=0)

    def sweep(states: np.ndarray) -> np.ndarray:
        new = states.astype(np.float64)
        overlaps = np.einsum("sia,mia->sm", new, right)
        for site in rng.permutation(left.shape[1]):
            before = new[:, site].copy()
            field = overlaps @ left[:, site] - before @ blocks[site].T
            length = np.linalg.norm(field, axis=1, keepdims=True)
            moves = length[:, 0] > rounding[site]
            new[moves, site] = field[moves] / length[moves]
            overlaps += (new[:, site] - before) @ right[:, site].T
        return new

    return Step(sweep, tolerance=TOLERANCE)
