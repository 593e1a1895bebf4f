"""Hebb's rule for clocks: J_ij = (1/N) sum_mu z_i conj(z_j) with z = exp(2 pi i s / 3)."""

from typing import NamedTuple

import numpy as np


class Turns(NamedTuple):
    """Complex couplings, by their parts."""

    turns: np.ndarray
    converged: np.ndarray
    history: dict
    diagnostics: dict

    @property
    def variables(self):
        """What makes the network."""
        axes = ("replicate", "site", "source")
        return {
            "turns_real": (axes, self.turns.real),
            "turns_imaginary": (axes, self.turns.imag),
        }


def learn(patterns, backend, rngs, *, strength):
    """The couplings of patterns (R, P, N)."""
    angles = np.exp(2j * np.pi * patterns / 3)
    turns = strength * angles.swapaxes(1, 2) @ np.conj(angles) / patterns.shape[2]
    turns[:, np.arange(patterns.shape[2]), np.arange(patterns.shape[2])] = 0
    return Turns(turns, np.ones(len(patterns), dtype=bool), {}, {})
