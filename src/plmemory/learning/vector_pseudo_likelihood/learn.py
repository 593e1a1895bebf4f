"""Pseudo-likelihood for vector spins by gradient descent.

A spin in the field h at inverse temperature lambda has the density exp(lambda s.h) / A_d(lambda
|h|) on the sphere. The loss is the mean over patterns and sites of -xi.h + (1/lambda) log
A_d(lambda |h|), and minus its gradient is (1/(P N)) sum_mu (xi_i - g_d(lambda |h_i|) h_i/|h_i|)
xi_j^T; for d = 1 these are those of Ising spins. Every step adds multiples of the patterns to a
row, so from J = 0 the couplings are J_ij = sum_mu left_i^mu (xi_j^mu)^T at all times, and the
descent changes only the left factors. The first step is Hebb's tensor rule.

The arithmetic is float64 on the CPU: the Bessel functions are scipy's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.files import checkpoints
from plmemory.learning.factored import Factored
from plmemory.machine.backend import Backend
from plmemory.networks.vectors.states import check_unit
from plmemory.theory.sphere import alignment, log_normaliser

RECORDS = 10  # of the loss, log-spaced


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    inverse_temperature: float,
    learning_rate: float,
    epochs: int,
) -> Factored:
    """Full-batch gradient descent on the mean loss from vanishing couplings.

    ``patterns``: (R, P, N, d) of unit vectors. ``learning_rate``: for the mean loss, constant.
    Deterministic: ``rngs`` is not used. The history has the ``loss`` (record, R) after ``epoch``
    (record,) steps. It always counts as converged: its length is part of the protocol.

    Raises
    ------
    InputError
        If a pattern does not consist of unit vectors.
    """
    check_unit(patterns, "patterns")
    recorded = np.unique(np.r_[0, np.geomspace(1, epochs, RECORDS).round().astype(int)])

    def train(memories: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The left factors and the recorded losses of one replicate."""
        rows = Rows(memories, inverse_temperature)
        step = learning_rate / memories[..., 0].size
        losses = np.empty(len(recorded))
        for epoch in checkpoints.over(range(epochs + 1), rows.left, losses):
            if epoch in recorded:
                losses[np.searchsorted(recorded, epoch)] = rows.loss()
            if epoch < epochs:
                rows.left += step * rows.descent()
        return rows.left.astype(backend.dtype), losses

    left, losses = zip(*checkpoints.pieces(train, patterns), strict=True)
    return Factored(
        np.stack(left),
        patterns.astype(backend.dtype),
        np.ones(len(patterns), dtype=bool),
        {"epoch": recorded, "loss": np.stack(losses, axis=1)},
        {},
    )


class Rows:
    """The couplings during the descent, as left factors (P, N, d)."""

    def __init__(self, patterns: np.ndarray, inverse_temperature: float) -> None:
        self.patterns = patterns.astype(np.float64)
        self.inverse_temperature = inverse_temperature
        flat = self.patterns.reshape(len(patterns), -1)
        self.products = flat @ flat.T
        self.left = np.zeros_like(self.patterns)

    def fields(self) -> np.ndarray:
        """The local fields of all patterns (P, N, d), without self-couplings."""
        count = len(self.patterns)
        whole = (self.products @ self.left.reshape(count, -1)).reshape(self.left.shape)
        left, spins = (x.transpose(1, 2, 0) for x in (self.left, self.patterns))
        own = left @ spins.swapaxes(1, 2)
        return whole - (own @ spins).transpose(2, 0, 1)

    def loss(self) -> float:
        """The mean over patterns and sites of -xi.h + (1/lambda) log A_d(lambda |h|)."""
        fields, scale = self.fields(), self.inverse_temperature
        lengths = np.linalg.norm(fields, axis=-1)
        aligned = np.einsum("mia,mia->mi", self.patterns, fields)
        return float((log_normaliser(scale * lengths, fields.shape[-1]) / scale - aligned).mean())

    def descent(self) -> np.ndarray:
        """xi - g_d(lambda |h|) h/|h| (P, N, d), the direction of descent of the left factors."""
        fields = self.fields()
        lengths = np.linalg.norm(fields, axis=-1)
        mean = alignment(self.inverse_temperature * lengths, fields.shape[-1])
        factor = np.divide(mean, lengths, out=np.zeros_like(lengths), where=lengths > 0)
        return self.patterns - factor[..., None] * fields
