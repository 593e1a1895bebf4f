"""A perceptron as one row that learns given labels, for the solvers of rows.

The counterpart of ``logistic_rows.row_space.RowSpace`` without an own site: with the singular
vectors of the inputs, X = Y V^T, a perceptron w is described by r coordinates c with w proportional
to V c, and its aligned fields are y_mu (Y c)_mu.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from plmemory.errors import InputError
from plmemory.learning.logistic_rows.row_space import decompose
from plmemory.machine.backend import Backend


@dataclass(frozen=True)
class TargetSpace:
    """Coordinates (1, r) of a perceptron. Arrays of the backend.

    ``weights`` (P,) of the examples sum to one; ``values`` (r,) are the eigenvalues of the inputs'
    correlations, ``vectors`` (N, r) is V, ``projected`` (P, r) is Y; ``targets`` (1, P).
    """

    backend: Backend
    weights: Any
    values: Any
    vectors: Any
    projected: Any
    targets: Any

    @property
    def residual_norm(self) -> float:
        """Norm of the gradient of a single example with unit residual."""
        return np.sqrt(len(self.vectors))

    def take(self, chosen: Any) -> TargetSpace:
        """The space itself, since there is one row."""
        return self

    def fields(self, coordinates: Any) -> Any:
        """Aligned fields (1, P)."""
        aligned = self.backend.xp.matmul(coordinates, self.projected.T)
        aligned *= self.targets
        return aligned

    def gradient(self, slopes: Any) -> Any:
        """Gradient (1, r), given the derivatives by the aligned fields (overwritten)."""
        slopes *= self.targets
        return self.backend.xp.matmul(slopes, self.projected)

    def precondition(self, gradient: Any, curvature: Any, shift: Any) -> Any:
        """Approximate inverse of (curvature C + shift), both given as (1, 1)."""
        return gradient / (curvature * self.values + shift)

    @property
    def hebb(self) -> Any:
        """The direction of Hebb's rule, sum_mu y_mu x_mu, of norm one."""
        found = self.gradient(self.backend.asarray(np.ones((1, len(self.projected)))))
        return found / (self.backend.xp.einsum("ij,ij->i", found, found) ** 0.5)[:, None]

    def perceptron(self, coordinates: Any) -> np.ndarray:
        """The direction of w (N,), float64, of norm sqrt(N)."""
        found = self.backend.to_numpy(self.backend.xp.matmul(coordinates, self.vectors.T))[0]
        return found * np.sqrt(found.size) / np.linalg.norm(found)


def target_space(inputs: np.ndarray, targets: np.ndarray, backend: Backend) -> TargetSpace:
    """Coordinates of the perceptrons of the inputs (P, N) with labels (P,), in float64.

    At large norms small differences of large sums matter, on any device.

    Raises
    ------
    InputError
        If a target is not +1 or -1, or all inputs are zero.
    """
    if targets.shape != inputs.shape[:1] or not (np.abs(targets) == 1).all():
        raise InputError(
            f"targets: found {targets.shape} values from {targets.min()} to {targets.max()}, "
            f"expected {len(inputs)} of +1 or -1"
        )
    double = replace(backend, dtype="float64")
    shares = np.full(len(inputs), 1 / len(inputs))
    values, vectors = decompose(inputs.astype(np.float64), shares)
    return TargetSpace(
        backend=double,
        weights=double.asarray(shares),
        values=double.asarray(values),
        vectors=double.asarray(vectors),
        projected=double.asarray(inputs.astype(np.float64) @ vectors),
        targets=double.asarray(targets[None]),
    )
