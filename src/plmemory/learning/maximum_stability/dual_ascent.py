"""Hard margins by accelerated ascent of the dual, with a certified gap.

For couplings J (a row, or all of them) and patterns with aligned fields linear in J, the
largest margin problem  min |J|^2 / 2, all aligned fields >= 1,  has the dual

    max_a  sum_mu a_mu - a^T Q a / 2,   a >= 0,   J = sum_mu a_mu (pattern mu),

where Q a are the aligned fields of J and a^T Q a = |J|^2. Any a >= 0 brackets the largest
margin kappa = max_J min_mu (aligned field) / |J|:

    min(Q a) / |J|  <=  kappa  <=  |J| / sum(a),

the upper bound because |J| / sum(a) is the distance from the origin of a point in the convex
hull of the patterns. The ascent is projected gradient with Nesterov's momentum, restarted
row by row when it overshoots (Beck & Teboulle 2009, SIAM J. Imaging Sci. 2, 183; O'Donoghue &
Candes 2015, Found. Comput. Math. 15, 715).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from plmemory.files import checkpoints
from plmemory.machine.backend import Backend


class Dual(Protocol):
    """Several duals at once: variables (rows, constraints)."""

    @property
    def backend(self) -> Backend:
        """The backend on which it computes."""

    @property
    def curvature(self) -> float:
        """An upper bound of the largest eigenvalue of every Q."""

    def take(self, rows: np.ndarray) -> Any:
        """The duals of these rows only."""

    def fields(self, variables: Any) -> Any:
        """Aligned fields Q a, a new array."""


class Margin(NamedTuple):
    """Dual variables (rows, constraints), bounds of the margin and iterations, all (rows,)."""

    variables: Any
    lower: np.ndarray
    upper: np.ndarray
    iterations: np.ndarray


def ascend(dual: Dual, start: Any, *, gap: float, negligible: float, max_iterations: int) -> Margin:
    """Ascend from the non-negative ``start`` until upper - lower <= gap * upper in each row.

    A row also stops when its upper bound falls below the ``negligible`` margin: then its patterns
    can hardly be separated, or not at all.
    """
    backend, xp = dual.backend, dual.backend.xp
    rows, step = len(start), 1 / dual.curvature
    result = backend.asarray(np.zeros(start.shape))
    lower, upper = np.empty(rows), np.empty(rows)
    iterations = np.zeros(rows, dtype=np.int64)
    alive = np.arange(rows)

    def host(numbers: Any) -> np.ndarray:
        return backend.to_numpy(numbers).astype(np.float64)

    def dot(a: Any, b: Any) -> np.ndarray:
        return host(xp.einsum("ij,ij->i", a, b))

    point, fields = start, dual.fields(start)
    # The best length of a for its direction makes the mean aligned field one.
    scale = backend.asarray(host(point.sum(-1)) / dot(point, fields))[:, None]
    point = point * scale
    fields *= scale
    at = _Ascent(point, fields, point * 1, fields * 1, np.ones(rows))
    for iteration in at.kept(range(max_iterations + 1), result, lower, upper, iterations):
        point, fields = at.point, at.fields
        norm = np.sqrt(np.maximum(dot(point, fields), np.finfo(np.float64).tiny))
        lower[alive] = host(xp.amin(fields, -1)) / norm
        upper[alive] = norm / host(point.sum(-1))
        iterations[alive] = iteration
        moving = (upper - lower > gap * upper) & (upper > negligible)
        left = np.flatnonzero(moving[alive])
        at.ended = len(left) == 0 or iteration == max_iterations
        if at.ended or len(left) < 0.8 * len(alive):
            result[alive] = point
            if at.ended:
                continue
            alive, dual = alive[left], dual.take(left)
            at.keep(left)
            point, fields = at.point, at.fields
        new = at.ahead_fields * -step
        new += at.ahead
        new += step
        xp.clip(new, 0, None, out=new)
        at.ahead -= new
        change = new - point
        overshot = dot(at.ahead, change) > 0
        following = (1 + np.sqrt(1 + 4 * at.momentum**2)) / 2
        push = backend.asarray(np.where(overshot, 0, (at.momentum - 1) / following))[:, None]
        at.momentum = np.where(overshot, 1, following)
        new_fields = dual.fields(new)
        xp.multiply(change, push, out=at.ahead)
        at.ahead += new
        xp.subtract(new_fields, fields, out=at.ahead_fields)
        at.ahead_fields *= push
        at.ahead_fields += new_fields
        at.point, at.fields = new, new_fields
    return Margin(result, lower, upper, iterations)


@dataclass
class _Ascent:
    """Positions of the active rows, extrapolated positions, and the fields there."""

    point: Any
    fields: Any
    ahead: Any
    ahead_fields: Any
    momentum: np.ndarray
    ended: bool = False

    def keep(self, rows: np.ndarray) -> None:
        """Keep only these rows."""
        for name in ("point", "fields", "ahead", "ahead_fields", "momentum"):
            setattr(self, name, getattr(self, name)[rows])

    def kept(self, iterations: Iterable[int], *found: Any) -> Iterable[int]:
        """The iterations to the end; kept in checkpoints for a single row (perhaps a network)."""
        left = itertools.takewhile(lambda _: not self.ended, iterations)
        return left if len(self.momentum) > 1 else checkpoints.over(left, vars(self), *found)
