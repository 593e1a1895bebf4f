"""Theory of the modes at a memory: lines, and means over the bins of a histogram."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from plmemory.theory.sphere import lengths
from plmemory.theory.vector_hessian import field_density, field_shift, spectrum
from plmemory.theory.vectors import State

FINE = 16  # points in a bin, over which the theory is averaged
LINE = 200  # points of a line
LOWEST = 1e-3  # eigenvalue at which a line begins


class Exact:
    """The modes at a memory in a replica-symmetric state at T = 0; NaN if there is none."""

    def __init__(self, state: State | None, dimension: int) -> None:
        self.state, self.dimension = state, dimension

    def shift(self) -> float:
        """The gap in the lengths of the fields."""
        return np.nan if self.state is None else field_shift(self.state, self.dimension)

    def gaussian_length(self) -> float:
        """The mean length of the Gaussian part of a field, m xi + Delta z."""
        assert self.state is not None
        nodes, weights = lengths(self.state.field, self.dimension)
        return float(self.state.width * (nodes @ weights))

    def modes(self, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Density of the eigenvalues and mean localisation in bins."""
        if self.state is None:
            return np.full(len(edges) - 1, np.nan), np.full(len(edges) - 1, np.nan)
        points = _inside(edges)
        found = spectrum(points.ravel(), self.state, self.dimension)
        density, localisation = (x.reshape(points.shape) for x in found[1:])
        # In the tails the localisation grows without bound; it is undefined without modes.
        mean = (density * np.nan_to_num(localisation)).sum(axis=1)
        modes = density.sum(axis=1)
        nowhere = np.full(len(modes), np.nan)
        return density.mean(axis=1), np.divide(mean, modes, out=nowhere, where=modes > 0)

    def fields(self, edges: np.ndarray) -> np.ndarray:
        """Density of the lengths of the fields in bins."""
        if self.state is None:
            return np.full(len(edges) - 1, np.nan)
        return field_density(_inside(edges), self.state, self.dimension).mean(axis=1)

    def lines(self, highest: float, longest: float) -> Iterator[dict[str, Any]]:
        """Rows of theory up to an eigenvalue and a length."""
        if self.state is None:
            return
        found = spectrum(np.linspace(LOWEST, highest, LINE), self.state, self.dimension)
        for value, density, localisation in zip(*found, strict=True):
            yield {"quantity": "density", "eigenvalue": value, "theory": density}
            yield {"quantity": "localisation", "eigenvalue": value, "theory": localisation}
        grid = np.linspace(0, longest, LINE)
        densities = field_density(grid, self.state, self.dimension)
        for length, density in zip(grid, densities, strict=True):
            yield {"quantity": "field", "length": length, "theory": density}


def _inside(edges: np.ndarray) -> np.ndarray:
    """Points (bins, FINE) evenly inside the bins."""
    return edges[:-1, None] + np.diff(edges)[:, None] * (np.arange(FINE) + 0.5) / FINE
