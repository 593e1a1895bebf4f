"""Hinges at a given norm by accelerated ascent of the dual, with a certified gap.

Row c of the coordinates minimises, on its own and over the ball |c| <= 1, the sum over the
patterns of a hinge (kappa - Delta_mu)_+ or of half its square, with Delta = X c the aligned
fields. The dual is

    max_a  kappa sum_mu a_mu - |X^T a|,           0 <= a <= 1,   for the hinge,
    max_a  kappa sum_mu a_mu - |X^T a| - |a|^2 / 2,   0 <= a,    for its square,

with c = X^T a / |X^T a|. Any a, and any multiple of it, brackets the smallest loss between its
dual and the loss of this c. Since |v| <= |v|^2 / 2s + s / 2 for every s > 0, with equality at
s = |v|, a projected gradient step never descends if it takes the curvature for the largest
eigenvalue of X X^T over s (plus one for the square). Steps have Nesterov's momentum, restarted row
by row when it overshoots, as in plmemory.learning.maximum_stability.dual_ascent.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from plmemory.learning.logistic_rows.row_space import RowSpace


class Bracket(NamedTuple):
    """Unit ``coordinates`` (rows, r) and, all (rows,), their ``loss``, the ``relative_gap`` between
    it and the dual, and the ``iterations``."""

    coordinates: Any
    loss: np.ndarray
    relative_gap: np.ndarray
    iterations: np.ndarray


def ascend(
    space: RowSpace,
    start: Any,
    *,
    curvature: float,
    margin: float,
    squared: bool,
    gap: float,
    max_iterations: int,
) -> Bracket:
    """Ascend from multiples of ``start`` (rows, P) >= 0 until loss - dual <= ``gap`` * loss.

    ``curvature``: an upper bound of the largest eigenvalue of X X^T. Along ``start`` the dual must
    rise from zero: no row then has the margin at all patterns.
    """
    backend, xp = space.backend, space.backend.xp
    rows = len(start)
    result = backend.zeros(start.shape)
    loss, relative_gap = np.empty(rows), np.empty(rows)
    iterations = np.zeros(rows, dtype=np.int64)
    alive = np.arange(rows)

    def host(numbers: Any) -> np.ndarray:
        return backend.to_numpy(numbers).astype(np.float64)

    def dot(a: Any, b: Any) -> np.ndarray:
        return host(xp.einsum("ij,ij->i", a, b))

    def norm(a: Any, fields: Any) -> np.ndarray:
        return np.sqrt(np.maximum(dot(a, fields), np.finfo(np.float64).tiny))

    def column(numbers: np.ndarray) -> Any:
        return backend.asarray(numbers)[:, None]

    def all_fields(a: Any) -> Any:
        return current.fields(current.gradient(a * 1))

    def best_multiple(a: Any, rise: np.ndarray) -> np.ndarray:
        return rise / dot(a, a) if squared else 1 / host(xp.amax(a, -1))

    current, point = space, start
    fields = all_fields(point)
    rise = margin * host(point.sum(-1)) - norm(point, fields)
    length = column(best_multiple(point, rise))
    point, fields = point * length, fields * length
    ahead, ahead_fields = point * 1, fields * 1
    momentum = np.ones(rows)
    for iteration in range(max_iterations + 1):
        missing = xp.clip(margin - fields / column(norm(point, fields)), 0, None)
        primal = dot(missing, missing) / 2 if squared else host(missing.sum(-1))
        rise = margin * host(point.sum(-1)) - norm(point, fields)
        dual = best_multiple(point, rise) * rise / (2 if squared else 1)
        loss[alive], relative_gap[alive] = primal, 1 - dual / primal
        iterations[alive] = iteration
        left = np.flatnonzero(relative_gap[alive] > gap)
        finished = len(left) == 0 or iteration == max_iterations
        if finished or len(left) < 0.8 * len(alive):
            result[alive] = point
            if finished:
                break
            alive, current, momentum = alive[left], current.take(left), momentum[left]
            point, fields = point[left], fields[left]
            ahead, ahead_fields = ahead[left], ahead_fields[left]
        pull = norm(ahead, ahead_fields)
        new = margin - ahead_fields / column(pull)
        if squared:
            new -= ahead
        new *= column(1 / (curvature / pull + squared))
        new += ahead
        new = xp.clip(new, 0, None if squared else 1)
        change = new - point
        overshot = dot(ahead - new, change) > 0
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        push = column(np.where(overshot, 0, (momentum - 1) / following))
        momentum = np.where(overshot, 1, following)
        new_fields = all_fields(new)
        ahead = new + push * change
        ahead_fields = new_fields + push * (new_fields - fields)
        point, fields = new, new_fields
    coordinates = space.gradient(result)
    coordinates /= column(np.sqrt(dot(coordinates, coordinates)))
    return Bracket(coordinates, loss, relative_gap, iterations)
