"""Squared hinge: every row minimises its sum of squared hinge losses below a margin.

Row i of norm one minimises, over its direction,

    sum_mu (kappa - Delta_mu)_+^2 / 2,   Delta_mu = xi_i h_i / |J_i|,   (x)_+ = max(x, 0),

with kappa the margin: the support vector machine with squared slack variables (Cortes & Vapnik
1995, Mach. Learn. 20, 273) at a given norm (theory: Griniasty & Gutfreund 1991, J. Phys. A 24,
715). If not all patterns can have the margin, this is the only minimum in the ball |J_i| <= 1, a
convex problem; if they can, the row is that of largest stability (see ``hinge_rows.solve``). The
limit of an infinite margin is Hebb's rule.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.learning.hinge_rows.solve import learn_hinge_rows
from plmemory.learning.result import Learned
from plmemory.machine.backend import Backend


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    margin: float,
    gap: float,
    max_iterations: int,
) -> Learned:
    """Rows of norm one at the minimum for the patterns (R, P, N) of +1/-1.

    ``margin``: kappa. ``gap`` and the diagnostics: see ``hinge_rows.solve``, which raises
    InputError for a margin that is not positive. Deterministic: ``rngs`` is not used.
    """
    return learn_hinge_rows(
        patterns, backend, margin=margin, squared=True, gap=gap, max_iterations=max_iterations
    )
