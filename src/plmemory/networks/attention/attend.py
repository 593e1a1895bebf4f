"""Attention between tokens on the sphere (D'Amico & Negri, arXiv:2409.16112).

Tokens x_i are unit vectors, couplings one d x d block J_ij for each ordered pair, with J_ii absent.
Each token has its own local energy, and minus its derivative is the output of attention:

    e_i = -(1/lambda) log sum_(j != i) exp(lambda x_i . J_ij x_j) / (N - 1)
    -d e_i / d x_i = sum_j a_ij J_ij x_j,   a_ij = softmax_j(lambda x_i . J_ij x_j)
    -d e_i / d J_ij = a_ij x_i x_j^T

We add the constant log(N - 1) / lambda: with it the limit lambda to 0 is the energy of vector
spins.

Arrays are of numpy or torch (``xp``). Couplings have the shape (N, d, N d), a row of blocks for
each site.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class Attention(NamedTuple):
    """The attention of all tokens: weights a_ij (N, S, N), which sum to one, and e_i (N, S)."""

    weights: Any
    energies: Any


def attention(couplings: Any, tokens: Any, scale: float, xp: Any = np) -> Attention:
    """The attention in states of ``tokens`` (S, N, d), at lambda = ``scale``, which may be 0."""
    states, sites, components = tokens.shape
    # x_i . J_ij x_j: first x_i^T J_ij for all j, then along x_j.
    turned = xp.matmul(xp.swapaxes(tokens, 0, 1), couplings)
    turned *= tokens.reshape(states, -1)
    aligned = turned.reshape(sites, states, sites, components).sum(-1)
    own = np.arange(sites)
    mean = aligned.sum(-1) - aligned[own, :, own]
    aligned *= scale
    aligned[own, :, own] = -np.inf
    largest = xp.amax(aligned, axis=-1, keepdims=True)
    aligned -= largest
    weights = xp.exp(aligned, out=aligned)
    total = weights.sum(-1)
    weights /= total[..., None]
    if scale == 0:
        return Attention(weights, -mean / (sites - 1))
    return Attention(weights, -(xp.log(total / (sites - 1)) + largest[..., 0]) / scale)


def attended(weights: Any, tokens: Any) -> Any:
    """a_ij x_j for all j, (N, S, N d)."""
    states, sites, components = tokens.shape
    parts = weights[..., None] * tokens
    return parts.reshape(sites, states, sites * components)


def outputs(couplings: Any, weights: Any, tokens: Any, xp: Any = np) -> Any:
    """The outputs of attention sum_j a_ij J_ij x_j, (S, N, d)."""
    found = xp.matmul(attended(weights, tokens), xp.swapaxes(couplings, 1, 2))
    return xp.swapaxes(found, 0, 1)
