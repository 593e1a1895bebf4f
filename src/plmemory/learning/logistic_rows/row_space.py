"""Coordinates in which every row of the couplings is a small dense problem.

Row i of the couplings sees the patterns with their i-th entry removed, so each row has its own Gram
matrix, K - x_i x_i^T with K = X X^T and x_i the i-th column of X. The rows share all except this
rank-one term. With the singular vectors X = Y V^T (V orthonormal, r columns, r <= min(P, N)) row i
is described by r coordinates c such that

    |J_i| = |c|,   h_i = Y S_i c,   S_i = 1 - gamma_i v_i v_i^T,   v_i = V[i, :],

where S_i is the square root of 1 - v_i v_i^T. For P < N this is the Gram space of the
patterns, for P >= N the space of the couplings itself, and because directions without any
pattern are dropped, singular Gram matrices need no special care. The curvature of any
pattern-wise loss is close to diagonal in these coordinates, which makes a preconditioner.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from plmemory.machine.backend import Backend

# Relative to the largest eigenvalue: the float64 rounding of a decomposition of N ~ 1000.
_SINGULAR = 1e-12
# Closer to one than this, |v_i|^2 counts as one: the span of the patterns contains the site's axis.
_INSIDE = 1e-7


def decompose(patterns: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spectrum of the weighted correlations sum_mu p_mu xi_i xi_j of the patterns (P, N).

    Returns the r non-zero eigenvalues (ascending) and orthonormal eigenvectors (N, r), from
    the smaller of the Gram and the correlation matrix, in float64 on the host.
    """
    scaled = np.sqrt(weights)[:, None] * patterns
    fewer = patterns.shape[0] < patterns.shape[1]
    values, vectors = nonzero(scaled @ scaled.T if fewer else scaled.T @ scaled)
    return values, scaled.T @ vectors / np.sqrt(values) if fewer else vectors


def nonzero(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The r eigenvalues (ascending) of a positive matrix (n, n) above rounding; vectors (n, r)."""
    values, vectors = np.linalg.eigh(matrix)
    kept = values > _SINGULAR * values[-1]
    return values[kept], vectors[:, kept]


class Spectrum(NamedTuple):
    """What all rows share, in float64 on the host: the result of ``decompose``, and Y (P, r)."""

    values: np.ndarray
    vectors: np.ndarray
    projected: np.ndarray


def spectrum(patterns: np.ndarray, weights: np.ndarray) -> Spectrum:
    """The spectrum of the patterns (P, N) with non-negative weights (P,) that sum to one."""
    spins = patterns.astype(np.float64)
    values, vectors = decompose(spins, weights)
    return Spectrum(values, vectors, spins @ vectors)


@dataclass(frozen=True)
class RowSpace:
    """Coordinates (rows, r) of some rows of couplings, and their fields.

    All arrays are the backend's. ``weights`` (P,) of the patterns sum to one; ``values`` (r,)
    are the eigenvalues of the weighted correlations; ``vectors`` (N, r) is V and ``own`` its
    rows v_i; ``projected`` (P, r) is Y; ``signs`` (rows, P) are the entries xi_i; ``sites``
    are the numbers of the rows.
    """

    backend: Backend
    weights: Any
    values: Any
    vectors: Any
    projected: Any
    own: Any
    signs: Any
    gamma: Any
    gamma_inverse: Any
    sites: np.ndarray

    @property
    def residual_norm(self) -> float:
        """Norm of the gradient of a single pattern with unit residual."""
        return np.sqrt(len(self.vectors) - 1)

    def take(self, chosen: Any) -> RowSpace:
        """The space of some of these rows, by a slice or an index array."""
        parts = ("own", "signs", "gamma", "gamma_inverse", "sites")
        return replace(self, **{name: getattr(self, name)[chosen] for name in parts})

    def _along_own(self, coordinates: Any) -> Any:
        return self.backend.xp.einsum("ij,ij->i", coordinates, self.own)[:, None]

    def remove_own(self, coordinates: Any) -> Any:
        """S_i c: remove the site itself from the fields (symmetric, so also from gradients)."""
        return coordinates - self.gamma * self._along_own(coordinates) * self.own

    def fields(self, coordinates: Any) -> Any:
        """Aligned fields xi_i h_i (rows, P)."""
        aligned = self.backend.xp.matmul(self.remove_own(coordinates), self.projected.T)
        aligned *= self.signs
        return aligned

    def gradient(self, slopes: Any) -> Any:
        """Gradient (rows, r), given the derivatives by the aligned fields (overwritten)."""
        slopes *= self.signs
        return self.remove_own(self.backend.xp.matmul(slopes, self.projected))

    def precondition(self, gradient: Any, curvature: Any, shift: Any) -> Any:
        """Approximate inverse of (curvature S C S + shift), both given as (rows, 1)."""
        inner = self.remove_own(gradient) / (curvature * self.values + shift)
        return self.remove_own(inner)

    def couplings(self, coordinates: Any) -> Any:
        """Rows (rows, N) of the couplings, own entry zero."""
        own = self._along_own(coordinates) * self.own
        rows = self.backend.xp.matmul(coordinates + self.gamma_inverse * own, self.vectors.T)
        rows[np.arange(len(rows)), self.sites] = 0
        return rows


def row_space(
    patterns: np.ndarray,
    weights: np.ndarray,
    backend: Backend,
    rows: slice = slice(None),
    found: Spectrum | None = None,
) -> RowSpace:
    """Coordinates for some rows of the couplings between the sites of the patterns (P, N).

    ``weights`` (P,) are non-negative and sum to one. ``found``: the spectrum, if it is known.
    """
    values, vectors, projected = found or spectrum(patterns, weights)
    inside = np.minimum((vectors**2).sum(axis=1), 1.0)
    outside = np.where(inside > 1 - _INSIDE, 0.0, np.sqrt(1 - inside))
    gamma = (1 - outside) / inside
    # The inverse of S_i; if S_i is a projector, only its image is needed.
    inverse = np.divide(gamma, outside, out=np.zeros_like(gamma), where=outside > 0)
    device_vectors = backend.asarray(vectors)
    return RowSpace(
        backend=backend,
        weights=backend.asarray(weights),
        values=backend.asarray(values),
        vectors=device_vectors,
        projected=backend.asarray(projected),
        own=device_vectors[rows],
        signs=backend.asarray(patterns.T[rows]),
        gamma=backend.asarray(gamma[rows])[:, None],
        gamma_inverse=backend.asarray(inverse[rows])[:, None],
        sites=np.arange(patterns.shape[1])[rows],
    )
