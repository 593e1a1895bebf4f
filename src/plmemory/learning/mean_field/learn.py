"""Couplings from the inverse of the correlations, for spins without fields.

With no field a state and its negative are equally likely: the magnetisations m are zero and C_ij =
<xi_i xi_j>. Naive mean field has J/T = -C^-1 off the diagonal (Kappen & Rodriguez 1998, Neural
Comput. 10, 1137); the Onsager term of TAP, -2 J_ij^2 m_i m_j, vanishes. Bethe's approximation,
exact if the bonds form a tree, has J/T = -asinh(2 C^-1) / 2 there (Ricci-Tersenghi 2012, J.
Stat. Mech. P08015, with m = 0). The correlations of P patterns are shrunk towards independence by
the weight that minimises their expected squared error (Schaefer & Strimmer 2005, Stat. Appl. Genet.
Mol. Biol. 4, 32).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.errors import InputError
from plmemory.learning.overlaps import overlaps
from plmemory.learning.result import Learned
from plmemory.machine.backend import Backend, select


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    approximation: str,
) -> Learned:
    """Couplings J/T from the shrunk correlations of the patterns (R, P, N) of +1/-1.

    ``approximation``: "naive" or "bethe". In float64 on the host. ``diagnostics``: the weight of
    the ``shrinkage`` (R,). Deterministic: ``rngs`` is not used.

    Raises
    ------
    InputError
        If all patterns of a replicate are the same state or its negative, for example a single one.
    """
    found, weights = [], []
    double = select("cpu", "float64")
    for spins in patterns:
        correlations = overlaps(spins.T, double) / len(spins)
        weight = shrinkage(correlations, len(spins))
        if not weight > 0:
            raise InputError("mean field: found patterns all the same, expected two that differ")
        shrunk = (1 - weight) * correlations + weight * np.eye(len(correlations))
        found.append(inferred(shrunk, approximation))
        weights.append(weight)
    couplings = np.array(found, dtype=backend.dtype)
    fine = np.ones(len(couplings), dtype=bool)
    return Learned(couplings, fine, {}, {"shrinkage": np.array(weights)})


def shrinkage(correlations: np.ndarray, count: int) -> float:
    """The weight of independence: sum_(i != j) Var(C_ij) / sum_(i != j) C_ij^2, at most 1.

    Var(C_ij) = (1 - C_ij^2) / (P - 1) is the variance of the mean of P products of two spins.
    """
    squares = correlations[~np.eye(len(correlations), dtype=bool)] ** 2
    variances = (1 - squares).sum() / max(count - 1, 1)
    return float(min(variances / squares.sum(), 1.0)) if squares.any() else 1.0


def inferred(correlations: np.ndarray, approximation: str) -> np.ndarray:
    """Couplings J/T (N, N) from correlations (N, N) without magnetisations."""
    couplings = -np.linalg.inv(correlations)
    if approximation == "bethe":
        couplings = np.arcsinh(2 * couplings) / 2
    np.fill_diagonal(couplings, 0.0)
    return couplings
