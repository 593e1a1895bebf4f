"""One step of attention from a corrupted random pattern, with Hebb's couplings.

J_ij = c sum_mu xi_i xi_j^T on P random patterns of N tokens, uniform on the sphere, lambda c =
``strength``. From x = m0 xi + sqrt(1 - m0^2) u the messages J_ij x_j are, over j, Gaussian: of mean
c m0 xi_i and, by the P other patterns, of covariance c^2 P/d^2 in all directions. A softmax of a
Gaussian is a tilted Gaussian, so attention is the sum of the field of Hebb's network and a memory
of the present state,

    x_i^new / c ~ m0 xi_i + kappa x_i + noise,    kappa = lambda c P / d^2,

with noise of variance (P/N) e^(s^2) / d^2 in each component, s^2 = (lambda c)^2 P / d^2 the
variance of the scores, times 1 + s^2 along x_i; orthogonal to x_i the covariance of finitely many
patterns adds (lambda c P/d^2)^2 d / ((d + 2) P). Weight gamma of the present state adds gamma / ((1
- gamma) c) to kappa (docs/method.md). kappa = 0 is the step of vector spins.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmemory.errors import InputError
from plmemory.theory.quadrature import gauss_legendre

_NODES = 400


class Attending(NamedTuple):
    """The parameters of a step.

    patterns: P, the number of other patterns. tokens: N, the number of other tokens. dimension: d,
    at least 2. strength: lambda c. kept: gamma / ((1 - gamma) c).
    """

    patterns: float
    tokens: float
    dimension: int
    strength: float
    kept: float = 0.0

    @property
    def memory(self) -> float:
        """kappa, the weight of the present state relative to the pattern, including gamma."""
        return self.strength * self.patterns / self.dimension**2 + self.kept


def one_step(initial_overlap: np.ndarray | float, attending: Attending) -> np.ndarray:
    """The overlap after one synchronous step, for N to infinity. Shape of ``initial_overlap``.

    Raises
    ------
    InputError
        If tokens have a single component: then they are signs, with another kind of corruption.
    """
    patterns, tokens, d, strength, _ = attending
    if not d >= 2 or d != int(d):
        raise InputError(f"dimension: found {d}, expected a whole number of at least 2")
    m0 = np.asarray(initial_overlap, dtype=float)
    scores = strength**2 * patterns / d**2
    noise = patterns / tokens / d**2 * np.exp(scores)
    spread = (strength * patterns / d**2) ** 2 * d / ((d + 2) * patterns)
    along, across = noise * (1 + scores), noise + spread
    sine = np.sqrt(1 - m0**2)
    return _projected(
        np.stack([m0, sine], axis=-1),
        np.stack([m0**2 + attending.memory, m0 * sine], axis=-1),
        np.array([along, across]),
        d - 2,
        across,
    )


def _projected(
    direction: np.ndarray, mean: np.ndarray, variance: np.ndarray, others: int, other: float
) -> np.ndarray:
    """Mean cosine of y with a unit ``direction``, y Gaussian with independent components: (...).

    direction, mean: of two components (..., 2), whose ``variance`` is (2,); ``others`` more have
    the mean zero and the variance ``other``.

    From 1/|y| = (2/sqrt(pi)) int_0^inf e^(-u^2 |y|^2) du, where for each component E[e^(-t y^2)] =
    v^(-1/2) e^(-t m^2 / v) and E[y e^(-t y^2)] is m / v times that, with v = 1 + 2 t variance.
    """
    # u = r / (1 - r) over the typical 1/|y| takes (0, inf) to (0, 1).
    size = np.sqrt((mean**2).sum(-1) + variance.sum() + others * other)[..., None]
    r, weights = gauss_legendre(np.linspace(0.0, 1.0, _NODES // 20 + 1))
    u = r / (1 - r) / size
    weights = weights / (1 - r) ** 2 / size
    t = u**2
    v = 1 + 2 * t[..., None] * variance
    means = mean[..., None, :]
    damped = np.exp(-(t[..., None] * means**2 / v).sum(-1)) / np.sqrt(v.prod(-1))
    damped *= (1 + 2 * t * other) ** (-others / 2)
    signal = (direction[..., None, :] * means / v).sum(-1)
    return 2 / np.sqrt(np.pi) * (weights * signal * damped).sum(-1)
