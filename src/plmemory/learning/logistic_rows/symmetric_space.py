"""Symmetric couplings as a single problem with N x N coordinates and N x P margins.

The counterpart of ``row_space.RowSpace`` for J = J^T: coordinates are the flattened couplings,
gradients are made symmetric with zero diagonal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from plmemory.machine.backend import Backend


@dataclass(frozen=True)
class SymmetricSpace:
    """All couplings of one network, as the only row (1, N N).

    Arrays of the backend: ``spins`` (P, N); ``weights`` (N P,), those of the patterns for
    each site; ``values`` (N,) and ``vectors`` (N, N), the spectrum of the correlations.
    """

    backend: Backend
    spins: Any
    weights: Any
    values: Any
    vectors: Any

    @property
    def residual_norm(self) -> float:
        """Norm of the gradient of a unit residual at one site of one pattern."""
        return np.sqrt((len(self.vectors) - 1) / 2)

    def take(self, chosen: Any) -> SymmetricSpace:
        """The space itself, since there is one row."""
        return self

    def fields(self, coordinates: Any) -> Any:
        """Aligned fields xi_i h_i (1, N P), site by site."""
        aligned = self.backend.xp.matmul(self._square(coordinates), self.spins.T)
        aligned *= self.spins.T
        return aligned.reshape(1, -1)

    def gradient(self, slopes: Any) -> Any:
        """Gradient (1, N N), given the derivatives by the aligned fields (overwritten)."""
        by_site = slopes.reshape(len(self.vectors), -1)
        by_site *= self.spins.T
        return self._admit(self.backend.xp.matmul(by_site, self.spins))

    def precondition(self, gradient: Any, curvature: Any, shift: Any) -> Any:
        """Approximate inverse of the curvature d (J C + C J) / 2 + shift J, d the sites' mean."""
        xp = self.backend.xp
        rotated = xp.matmul(xp.matmul(self.vectors.T, self._square(gradient)), self.vectors)
        pairs = (self.values[:, None] + self.values[None, :]) / 2
        rotated /= pairs * (curvature / len(self.vectors)) + shift
        return self._admit(xp.matmul(xp.matmul(self.vectors, rotated), self.vectors.T))

    def _square(self, coordinates: Any) -> Any:
        return coordinates.reshape(self.vectors.shape)

    def _admit(self, matrix: Any) -> Any:
        """The symmetric part with zero diagonal, as coordinates."""
        matrix = (matrix + matrix.T) / 2
        sites = np.arange(len(matrix))
        matrix[sites, sites] = 0
        return matrix.reshape(1, -1)


def symmetric_space(patterns: np.ndarray, weights: np.ndarray, backend: Backend) -> SymmetricSpace:
    """Coordinates of symmetric couplings between the sites of the patterns (P, N).

    ``weights`` (P,) are non-negative and sum to one.
    """
    spins = patterns.astype(np.float64)
    values, vectors = np.linalg.eigh((weights[:, None] * spins).T @ spins)
    return SymmetricSpace(
        backend=backend,
        spins=backend.asarray(spins),
        weights=backend.asarray(np.tile(weights, spins.shape[1])),
        values=backend.asarray(np.maximum(values, 0)),
        vectors=backend.asarray(vectors),
    )
