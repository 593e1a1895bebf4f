"""Preconditioned conjugate gradients for many logistic problems at once.

Each row c of the coordinates minimises, on its own,

    f(c) = sum_mu p_mu log(1 + exp(-m_mu)) + (l2 / 2) |c|^2,   m = aligned fields of c,

freely, or on the sphere |c| = radius (then without l2). The fields are linear in c, so along
a straight line (or a great circle) they are combinations of two known arrays and the line
search needs no matrix product; an iteration costs one product for the gradient and one for
the fields of the new direction.

On the sphere all quantities are divided by the row's mean residual sum_mu p sigma(-m): that
is descent on log f, whose scale does not vanish as the radius grows and the fit becomes
perfect, and it is what keeps float32 usable there.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from plmemory.learning.logistic_rows.conjugate import descend
from plmemory.learning.logistic_rows.directions import Descent, Space

_ATTEMPTS = 3  # restarts of rows that are not done after their fields are recomputed


class Minimum(NamedTuple):
    """The result for each row.

    ``coordinates`` (rows, r); and, all (rows,), ``loss`` sum_mu p log(1 + exp(-m)),
    ``relative_gradient``, ``iterations``, and ``multiplier``: the l2 for which the row is
    stationary without the sphere, positive where the loss would fall with a larger radius.
    """

    coordinates: Any
    loss: np.ndarray
    relative_gradient: np.ndarray
    iterations: np.ndarray
    multiplier: np.ndarray


def minimise(
    space: Space,
    start: Any,
    *,
    radius: float | None,
    l2: float,
    tolerance: float,
    max_iterations: int,
) -> Minimum:
    """Minimise all rows from the coordinates ``start`` (on the sphere, if there is one).

    A row is done when its gradient (tangent, on the sphere) is below ``tolerance`` times
    ``space.residual_norm`` sqrt(sum_mu (p_mu sigma(-m_mu))^2): the size that the gradient
    would have if the residuals of the patterns had random signs. This measure stays
    meaningful where the residuals themselves become small. A row also stops if the rounding of its
    margins hides the gradient. Reported quantities are measured at the returned coordinates, with
    recomputed fields.
    """
    coordinates = start
    iterations = np.zeros(len(start), dtype=np.int64)
    moving = np.arange(len(start))
    # Trial steps may be so long that exponentials overflow; the line search handles this.
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        for _ in range(_ATTEMPTS):
            descent = Descent(space.take(moving), coordinates[moving], radius, l2)
            allowed = max_iterations - int(iterations.max())
            coordinates[moving], used = descend(descent, tolerance, allowed)
            iterations[moving] += used
            check = Descent(space, coordinates, radius, l2)
            reached = check.measure()
            moving = np.flatnonzero(reached > np.maximum(tolerance, check.rounding()))
            if len(moving) == 0 or iterations.max() >= max_iterations:
                break
    return Minimum(
        coordinates, check.loss(), reached, iterations, check.multiplier * check.mean_residual()
    )
