"""The gradient of the local energies of attention, and of their normalised form."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from plmemory.networks.attention.attend import attended, attention
from plmemory.theory.sphere import alignment, log_normaliser


class Gradient(NamedTuple):
    """descent: minus N times the gradient of the cost, (N, d, N d). cost: mean over patterns and
    tokens. attended: the mean of 1 / sum_j a_ij^2, the number of tokens that one token attends to.
    """

    descent: np.ndarray
    cost: float
    attended: float


def gradient(couplings: np.ndarray, tokens: np.ndarray, scale: float, normalised: bool) -> Gradient:
    """The gradient for patterns of ``tokens`` (S, N, d) at lambda = ``scale``.

    The cost is the mean of e_i, or with ``normalised`` of -log p(x_i | rest) / lambda; the descent
    is per row, that is the mean over patterns of a_ij x_i x_j^T, less b_ij g_d v_ij/|v_ij| x_j^T.
    """
    states = len(tokens)
    weights, energies = attention(couplings, tokens, scale)
    descent = np.matmul(tokens.transpose(1, 2, 0), attended(weights, tokens)) / states
    cost = float(energies.mean(dtype=np.float64))
    if normalised:
        taken, logarithms = _normaliser(couplings, tokens, scale)
        descent -= taken
        cost += float(logarithms.mean()) / scale
    participation = 1 / np.einsum("isj,isj->is", weights, weights)
    return Gradient(descent, cost, float(participation.mean(dtype=np.float64)))


def _normaliser(
    couplings: np.ndarray, tokens: np.ndarray, scale: float
) -> tuple[np.ndarray, np.ndarray]:
    """The contribution of the normaliser to the descent, (N, d, N d), and its logarithm (N, S).

    The normaliser is the mean of A_d(lambda |v_ij|) over j, since the energies have a mean too.
    """
    states, sites, components = tokens.shape
    blocks = couplings.reshape(sites, components, sites, components)
    # By sources j: J_ij for all i, and the messages v_ij = J_ij x_j (N_j, S, N_i, d).
    sources = blocks.transpose(2, 3, 0, 1).reshape(sites, components, -1)
    by_source = tokens.transpose(1, 0, 2)
    messages = np.matmul(by_source, sources).reshape(sites, states, sites, components)
    lengths = np.sqrt(np.einsum("jsia,jsia->jsi", messages, messages))
    logarithms = log_normaliser(scale * lengths, components)
    logarithms[np.arange(sites), :, np.arange(sites)] = -np.inf
    total = logsumexp(logarithms, axis=0)
    factors = np.exp(logarithms - total) * alignment(scale * lengths, components)
    factors = np.divide(factors, lengths, out=np.zeros_like(factors), where=lengths > 0)
    messages *= factors[..., None].astype(messages.dtype)
    taken = np.matmul(messages.reshape(sites, states, -1).swapaxes(1, 2), by_source) / states
    taken = taken.reshape(sites, sites, components, components).transpose(1, 2, 0, 3)
    return taken.reshape(couplings.shape), total.T - np.log(sites - 1)
