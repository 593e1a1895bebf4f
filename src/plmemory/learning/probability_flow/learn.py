"""Minimum probability flow: every row at the minimum of an exponential loss.

The flow of probability from the patterns to the states that differ from them in one site is
proportional to sum_{mu, i} exp(-beta xi_i h_i) (Sohl-Dickstein, Battaglino & DeWeese 2011, Phys.
Rev. Lett. 107, 220601; for the storage of patterns Hillar, Sohl-Dickstein & Koepsell 2012,
arXiv:1204.2916, with symmetric couplings and thresholds). Here each site is learnt independently:
row i of norm one minimises, over its direction,

    (1/b) sum_mu exp(-b Delta_mu),   Delta_mu = xi_i h_i / |J_i|,   b = beta |J_i|,

which is AdaBoost's loss at a given norm. Where the ``multiplier`` of the result is positive, a
longer row would lower the flow, and the optimum on the sphere is the optimum in the ball, a convex
problem. This always holds for separable patterns. The limit b to 0 is Hebb's rule, b to infinity
maximum stability.

The logarithm of the sum is minimised: its scale does not vanish with the flow.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.errors import InputError
from plmemory.learning.result import Learned
from plmemory.learning.unit_rows.exponential import growing_norms
from plmemory.learning.unit_rows.solve import learn_unit_rows
from plmemory.machine.backend import Backend


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    scaled_norm: float,
    tolerance: float,
    max_iterations: int,
) -> Learned:
    """Rows of norm one at the minimum for the patterns (R, P, N) of +1/-1.

    ``scaled_norm``: b. ``tolerance``: bound on the gradient of a row relative to the size that it
    would have if the slopes had random signs. Deterministic: ``rngs`` is not used.

    Diagnostics: those of ``unit_rows.solve``.

    Raises
    ------
    InputError
        If ``scaled_norm`` is not positive.
    """
    if not 0 < scaled_norm < np.inf:
        raise InputError(f"scaled_norm: found {scaled_norm}, expected a positive number")
    return learn_unit_rows(
        patterns,
        backend,
        growing_norms(scaled_norm),
        tolerance=tolerance,
        max_iterations=max_iterations,
    )
