"""Small Potts systems, and Ising spins as colours."""

import numpy as np

from plmemory.networks.potts.kernels import columns, pack, pseudo_likelihoods, workspace


def random_problem(rng, count=40, sites=6, states=5):
    """Sequences, weights, couplings without self-coupling, fields."""
    sequences = rng.integers(0, states, size=(count, sites)).astype(np.int8)
    sequences[:, 0] = np.where(rng.random(count) < 0.8, 2, sequences[:, 0])  # a conserved column
    couplings = rng.normal(size=(sites, states, sites, states))
    couplings[np.arange(sites), :, np.arange(sites), :] = 0
    return sequences, rng.random(count), couplings, rng.normal(size=(sites, states))


def pseudo_likelihood_of(sequences, weights, couplings, fields, inverse_temperature, dtype):
    """Objectives (N,) and their gradients (N, N, q, Q), (N, Q), by the package's compiled code."""
    sites, states = fields.shape
    data, table = columns(sequences, states), pack(couplings, dtype)
    rows, width = table.reshape(sites, sites * states, -1), table.shape[-1]
    own = np.zeros((sites, width), dtype)
    own[:, :states] = fields
    objectives, slopes, field_slopes = np.empty(sites), np.empty_like(rows), np.empty_like(own)
    pseudo_likelihoods(
        *(data, np.arange(sites), workspace(data, dtype), rows, own, weights.astype(dtype)),
        *(np.dtype(dtype).type(inverse_temperature), slopes, field_slopes, objectives),
    )
    return objectives, slopes.reshape(table.shape), field_slopes


def from_ising(spins):
    """Colour 0 for spin +1 and colour 1 for spin -1."""
    return ((1 - spins) // 2).astype(np.int8)


def from_ising_couplings(J):
    signs = np.array([1.0, -1.0])
    return np.einsum("ij,a,b->iajb", J, signs, signs)
