"""The Hessian of the energy of vector spins on the tangent spaces of the sphere."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmemory.networks.vectors.couplings import Factors, own_blocks


class Modes(NamedTuple):
    """Eigenvalues, ascending, and sum_i (sum_a u_ia^2)^2 of their eigenvectors, N (d - 1) each.

    field: lengths of the local fields, (N,).
    """

    eigenvalue: np.ndarray
    participation: np.ndarray
    field: np.ndarray


def modes(couplings: Factors, state: np.ndarray) -> Modes:
    """The normal modes at a fixed ``state`` (N, d) under symmetric couplings."""
    field = np.linalg.norm(local_fields(couplings, state), axis=-1)
    values, vectors = np.linalg.eigh(hessian(couplings, state))
    weights = np.square(vectors.reshape(len(state), -1, len(values))).sum(axis=1)
    return Modes(values, np.square(weights).sum(axis=0), field)


def hessian(couplings: Factors, state: np.ndarray) -> np.ndarray:
    """H = D - W of -(1/2) sum_ij s_i . J_ij s_j at ``state`` (N, d): (N (d-1), N (d-1)).

    D_ii = s_i . h_i, W_ij = B_i J_ij B_j^T with an orthonormal basis B_i of the directions
    orthogonal to s_i. At a fixed point D_ii = |h_i|.
    """
    left, right = couplings
    basis = tangents(state)
    sites, directions, _ = basis.shape
    posts, pres = (
        np.einsum("iba,mia->ibm", basis, part).reshape(sites * directions, -1)
        for part in (left, right)
    )
    curvature = -(posts @ pres.T)
    blocks = curvature.reshape(sites, directions, sites, directions)
    aligned = np.einsum("ia,ia->i", state, local_fields(couplings, state))
    blocks[np.arange(sites), :, np.arange(sites)] = aligned[:, None, None] * np.eye(directions)
    return curvature


def local_fields(couplings: Factors, state: np.ndarray) -> np.ndarray:
    """Local fields (N, d) of ``state`` (N, d)."""
    left, right = couplings
    whole = np.einsum("mia,m->ia", left, np.einsum("mia,ia->m", right, state))
    return whole - np.einsum("iab,ib->ia", own_blocks(couplings), state)


def tangents(state: np.ndarray) -> np.ndarray:
    """Orthonormal bases (N, d-1, d) of the directions orthogonal to each spin of (N, d).

    They are the other rows of the reflection that maps the last axis to the spin.
    """
    components = state.shape[1]
    sign = np.where(state[:, -1] < 0, -1.0, 1.0)
    mirror = state.copy()
    mirror[:, -1] += sign  # never shorter than one: no cancellation
    mirror /= np.linalg.norm(mirror, axis=1, keepdims=True)
    reflection = np.eye(components) - 2 * mirror[:, :, None] * mirror[:, None, :]
    return reflection[:, :-1]
