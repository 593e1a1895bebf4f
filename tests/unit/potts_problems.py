"""Small Potts systems, and Ising spins as colours."""

import numpy as np


def random_problem(rng, count=40, sites=6, states=5):
    """Sequences, weights, couplings without self-coupling, fields."""
    sequences = rng.integers(0, states, size=(count, sites)).astype(np.int8)
    sequences[:, 0] = np.where(rng.random(count) < 0.8, 2, sequences[:, 0])  # a conserved column
    couplings = rng.normal(size=(sites, states, sites, states))
    couplings[np.arange(sites), :, np.arange(sites), :] = 0
    return sequences, rng.random(count), couplings, rng.normal(size=(sites, states))


def from_ising(spins):
    """Colour 0 for spin +1 and colour 1 for spin -1."""
    return ((1 - spins) // 2).astype(np.int8)


def from_ising_couplings(J):
    signs = np.array([1.0, -1.0])
    return np.einsum("ij,a,b->iajb", J, signs, signs)
