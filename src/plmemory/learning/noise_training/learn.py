"""Training with noise: every row retrieves best in one step from a given overlap.

From states of overlap m with a pattern, the mean overlap of a site with the pattern after one
synchronous step is erf(m Delta / sqrt(2 (1 - m^2))), Delta = xi_i h_i / |J_i| its stability. Row i
of norm one maximises, over its direction, the sum over the patterns

    sum_mu erf(m Delta_mu / sqrt(2 (1 - m^2))),

as perceptrons trained on noisy patterns do (Gardner, Stroud & Wallace 1989, J. Phys. A 22,
2019; Wong & Sherrington 1990, J. Phys. A 23, 4659; Benedetti & Ventura, arXiv:2302.13417). The
limit m to 0 is Hebb's rule. The sum is not concave, and a maximum need not be the highest. The
ascent starts from the minimum of sum_mu exp(-b Delta_mu), which is convex, with
b = m^2 / (1 - m^2): at stability one the slopes of both sums then change at the same relative rate.
Started from Hebb's rule, for large m, it abandons patterns that could be learnt and ends lower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from plmemory.errors import InputError
from plmemory.learning.result import Learned
from plmemory.learning.unit_rows.exponential import growing_norms
from plmemory.learning.unit_rows.minimise import Loss
from plmemory.learning.unit_rows.solve import learn_unit_rows
from plmemory.machine.backend import Backend


@dataclass(frozen=True)
class Missed:
    """-sum_mu erf(gain Delta_mu / sqrt 2), gain = m / sqrt(1 - m^2).

    The factor makes the largest slope of a row one: otherwise all of them could underflow.
    """

    gain: float

    def slopes(self, stabilities: Any, xp: Any) -> Any:
        """Derivatives with respect to the stabilities (rows, patterns), up to the factor."""
        squares = (self.gain * stabilities) ** 2 / 2
        return -xp.exp(xp.amin(squares, -1)[:, None] - squares)

    def curvature(self, stabilities: Any, slopes: Any, xp: Any) -> Any:
        """Trace of the second derivatives (rows,), with the factor of ``slopes``."""
        return -(self.gain**2) * (stabilities * slopes).sum(-1)


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    training_overlap: float,
    tolerance: float,
    max_iterations: int,
) -> Learned:
    """Rows of norm one at a maximum for the patterns (R, P, N) of +1/-1.

    ``training_overlap``: m. ``tolerance``: bound on the gradient of a row relative to the size that
    it would have if the slopes had random signs. Deterministic: ``rngs`` is not used.

    Diagnostics: those of ``unit_rows.solve``.

    Raises
    ------
    InputError
        If ``training_overlap`` is not between 0 and 1.
    """
    if not 0 < training_overlap < 1:
        raise InputError(f"training_overlap: found {training_overlap}, expected one in (0, 1)")
    gain = training_overlap / np.sqrt(1 - training_overlap**2)
    path: list[Loss] = [*growing_norms(gain**2), Missed(gain)]
    return learn_unit_rows(
        patterns, backend, path, tolerance=tolerance, max_iterations=max_iterations
    )
