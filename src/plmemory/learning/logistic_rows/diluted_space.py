"""Rows with inputs from some of the sites only, different for each row.

The counterpart of ``row_space`` for diluted couplings. Row i sees the patterns on its own inputs,
Y_i, and has its own Gram matrix, Y_i Y_i^T = U L U^T. With P coordinates c its couplings are Y_i^T
U L^(-1/2) c, so that |J_i| = |c| and h_i = U L^(1/2) c.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from plmemory.machine.backend import Backend
from plmemory.machine.part import drawn

# Relative to the largest eigenvalue: the float64 rounding of a decomposition.
_SINGULAR = 1e-12


@dataclass(frozen=True)
class DilutedSpace:
    """Coordinates (rows, P) of some rows of couplings, and their fields.

    All arrays are the backend's. ``weights`` (P,) of the patterns are equal; ``values`` (rows, P)
    are the eigenvalues of a row's weighted correlations; ``projected`` (rows, P, P) is U L^(1/2);
    ``signs`` (rows, P) are the entries xi_i; ``spins`` (P, N); ``inputs`` (rows, N) is one for the
    inputs of a row, else zero.
    """

    backend: Backend
    weights: Any
    values: Any
    projected: Any
    signs: Any
    spins: Any
    inputs: Any

    @property
    def residual_norm(self) -> Any:
        """Norm of the gradient of a single pattern with unit residual (rows,)."""
        return np.sqrt(self.backend.to_numpy(self.inputs.sum(-1)))

    def take(self, chosen: Any) -> DilutedSpace:
        """The space of some of these rows, by a slice or an index array."""
        parts = ("values", "projected", "signs", "inputs")
        return replace(self, **{name: getattr(self, name)[chosen] for name in parts})

    def fields(self, coordinates: Any) -> Any:
        """Aligned fields xi_i h_i (rows, P)."""
        return self._projected(coordinates) * self.signs

    def gradient(self, slopes: Any) -> Any:
        """Gradient (rows, P), given the derivatives by the aligned fields (overwritten)."""
        slopes *= self.signs
        return self.backend.xp.matmul(slopes[:, None, :], self.projected)[:, 0]

    def precondition(self, gradient: Any, curvature: Any, shift: Any) -> Any:
        """Inverse of (curvature C + shift), both given as (rows, 1)."""
        return gradient / (curvature * self.values + shift)

    def couplings(self, coordinates: Any) -> Any:
        """Rows (rows, N) of the couplings, zero for sites that are not inputs."""
        count = len(self.spins)
        # Directions with zero eigenvalue have zero coordinates.
        empty = self.values <= 0
        dual = self._projected(coordinates / (count * self.values + empty))
        return self.backend.xp.matmul(dual, self.spins) * self.inputs

    def _projected(self, coordinates: Any) -> Any:
        return self.backend.xp.matmul(self.projected, coordinates[:, :, None])[:, :, 0]


def diluted_space(
    patterns: np.ndarray, inputs: np.ndarray, rows: slice, backend: Backend
) -> DilutedSpace:
    """Coordinates for some rows of the couplings between the sites of the patterns (P, N).

    ``inputs`` (n, N): whether site j is an input of a row, false on the diagonal. Patterns have
    equal weights.
    """
    spins = patterns.astype(np.float64)
    count = len(spins)
    gram = np.einsum("ij,mj,nj->imn", inputs.astype(np.float64), spins, spins, optimize=True)
    values, vectors = np.linalg.eigh(gram)
    values = np.where(values > _SINGULAR * values[:, -1:], values, 0)
    return DilutedSpace(
        backend=backend,
        weights=backend.asarray(np.full(count, 1 / count)),
        values=backend.asarray(values / count),
        projected=backend.asarray(vectors * np.sqrt(values)[:, None, :]),
        signs=backend.asarray(spins.T[rows]),
        spins=backend.asarray(spins),
        inputs=backend.asarray(inputs),
    )


def random_inputs(
    sites: int, connectivity: int, rows: slice, rng: np.random.Generator
) -> np.ndarray:
    """The inputs of some rows, (n, N): every other site with the same probability.

    ``connectivity``: the mean number. J_ij and J_ji are drawn independently: a random directed
    graph (Derrida, Gardner & Zippelius 1987).
    """
    inputs = drawn(rng.random, rows, sites) * (sites - 1) < connectivity
    np.fill_diagonal(inputs[:, rows], False)
    return inputs
