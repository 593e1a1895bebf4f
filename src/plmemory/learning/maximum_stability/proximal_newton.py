"""Hard margins close to the capacity, or beyond it: proximal points of the dual by Newton steps.

The dual of plmemory.learning.maximum_stability.dual_ascent is, up to the length of a,

    min_a  a^T M a / 2 - sum_mu a_mu,   a >= 0,   M = Q + 1 1^T = (x x^T) o K,

whose matrix K = X X^T is the same for all rows except for their signs x. Close to the capacity it
is nearly singular, and exchanges alone do not find the support from a distant start. Its proximal
points

    a' = argmin_{a >= 0}  a^T M a / 2 - sum_mu a_mu + delta |a - centre|^2 / 2

with a shrinking delta lead to the solution; if there is none, the combination of the patterns by a
vanishes (Rockafellar 1976, SIAM J. Control Optim. 14, 877). Their dual is piecewise quadratic in
the row and its minimum is found by Newton steps with an exact search along the line, in finitely
many (Li, Sun & Toh 2018, SIAM J. Optim. 28, 433). From one step to the next few patterns enter or
leave, so the last factor of K_SS + delta is reused with a border.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

# Over the squared length N of the patterns: from the order of K's eigenvalues to where their
# rounding would matter.
_FIRST_DELTA, _LAST_DELTA = 0.1, 1e-7
_SHRINKAGE = 0.3
# Newton steps of one proximal point end when at most this many patterns of the support change.
_UNSETTLED = 0.005
# Delta shrinks after this many steps: close to the capacity more steps per point are wasted.
_FEW = 5
# If a larger fraction of the patterns enters or leaves, a new factor is cheaper.
_FRESH = 1 / 6
_BISECTIONS = 20


class ShiftedGram:
    """Solves (K_SS + delta) y = r for one support S after the other."""

    def __init__(self, gram: np.ndarray) -> None:
        self._gram = gram
        self._delta = np.nan
        self._members = np.empty(0, dtype=int)

    def solve(self, support: np.ndarray, delta: float, right: np.ndarray) -> np.ndarray:
        """y (P,), zero off the ``support`` (P,), for ``right`` (P,)."""
        inside = np.zeros(len(support), dtype=bool)
        inside[self._members] = True
        leaving = np.flatnonzero(~support[self._members])
        entering = np.flatnonzero(support & ~inside)
        if delta != self._delta or len(leaving) + len(entering) > _FRESH * len(self._members):
            self._factorise(np.flatnonzero(support), delta)
            leaving = entering = np.empty(0, dtype=int)
        members, new = self._members, len(entering)
        half = self._half(right[members])
        result = np.zeros(len(support))
        if new + len(leaving):
            # Columns of entering patterns, and of conditions that leaving ones are zero.
            border = np.zeros((len(members), new + len(leaving)))
            border[:, :new] = self._gram[np.ix_(members, entering)]
            border[leaving, np.arange(new, border.shape[1])] = 1
            border = self._half(border)
            corner = -border.T @ border
            corner[:new, :new] += self._gram[np.ix_(entering, entering)]
            corner[np.arange(new), np.arange(new)] += delta
            rest = -border.T @ half
            rest[:new] += right[entering]
            multipliers = np.linalg.solve(corner, rest)
            half = half - border @ multipliers
            result[entering] = multipliers[:new]
        result[members] = scipy.linalg.solve_triangular(
            self._factor, half, lower=True, trans=1, check_finite=False
        )
        result[members[leaving]] = 0
        return result

    def _factorise(self, members: np.ndarray, delta: float) -> None:
        shifted = self._gram[members][:, members]
        shifted[np.diag_indices(len(members))] += delta
        self._factor = np.linalg.cholesky(shifted)
        self._members, self._delta = members, delta

    def _half(self, right: np.ndarray) -> np.ndarray:
        return scipy.linalg.solve_triangular(self._factor, right, lower=True, check_finite=False)


def approach(
    spins: np.ndarray,
    gram: np.ndarray,
    sites: np.ndarray,
    start: np.ndarray,
    *,
    gap: float,
    negligible: float,
    max_steps: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Dual variables (rows, P) of the best rows, bounds of their margins and Newton steps, (rows,).

    ``spins``: X (P, N); ``gram``: K (P, P); ``sites`` (rows,); ``start`` (rows, P): non-negative.
    float64. The best row is that of the largest stability found, its bound the smallest proven. A
    row ends when both agree within the relative ``gap``, when the bound is below ``negligible``, so
    a combination of its patterns nearly vanishes, or after ``max_steps``.
    """

    signs = spins.T[sites]
    best, steps = start.copy(), np.zeros(len(start), dtype=np.int64)
    lower, upper = _bounds(start, spins, sites)
    alive = np.arange(len(start))
    centre = start / (1 + start.sum(-1, keepdims=True))
    scale = gram[0, 0]
    delta = np.full((len(start), 1), _FIRST_DELTA * scale)
    tried = np.zeros(len(start), dtype=np.int64)
    systems = [ShiftedGram(gram) for _ in alive]
    point, at = centre, signs * ((signs * centre) @ gram)
    support = 1 + delta * centre > at
    while len(alive):
        target = 1 + delta * centre
        new = np.stack(
            [
                own * systems[row].solve(chosen, shift, own * right)
                for row, own, chosen, shift, right in zip(
                    alive, signs, support, delta[:, 0], target, strict=True
                )
            ]
        )
        new_at = signs * ((signs * new) @ gram)
        length = _line_search(point, at, new, new_at, target, delta)
        point, at = point + length * (new - point), at + length * (new_at - at)
        # At the proximal point (target - at)_+ / delta, without the rounding of that difference.
        variables = np.maximum(point, 0)
        changed = (target > at) != support
        settled = (length[:, 0] == 1) & (changed.sum(-1) <= _UNSETTLED * support.sum(-1))
        steps[alive] += 1
        reached, bound = _bounds(variables, spins, sites[alive])
        better = reached > lower[alive]
        best[alive[better]], lower[alive[better]] = variables[better], reached[better]
        upper[alive] = np.minimum(bound, upper[alive])
        left = (upper[alive] - lower[alive] > gap * upper[alive]) & (upper[alive] > negligible)
        left &= steps[alive] < max_steps
        centre = np.where(settled[:, None], variables, centre)
        tried += 1
        easy = settled & (tried <= _FEW)
        delta = np.where(easy[:, None], np.maximum(_SHRINKAGE * delta, _LAST_DELTA * scale), delta)
        tried[settled] = 0
        support = 1 + delta * centre > at
        alive, signs, centre, delta = alive[left], signs[left], centre[left], delta[left]
        point, at, support, tried = point[left], at[left], support[left], tried[left]
    return best, upper, steps


def _bounds(
    variables: np.ndarray, spins: np.ndarray, sites: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper bound of the margin (rows,).

    Computed from the couplings: a^T Q a would be a difference, without correct digits below 1e-8.
    """
    signs, own = spins.T[sites], np.arange(len(sites))
    couplings = (signs * variables) @ spins
    couplings[own, sites] = 0
    norm = np.maximum(np.linalg.norm(couplings, axis=-1), np.finfo(np.float64).tiny)
    return (signs * (couplings @ spins.T)).min(-1) / norm, norm / variables.sum(-1)


def _line_search(
    point: np.ndarray,
    at: np.ndarray,
    new: np.ndarray,
    new_at: np.ndarray,
    target: np.ndarray,
    delta: np.ndarray,
) -> np.ndarray:
    """The lengths (rows, 1), one at most, of the steps to ``new`` at the minimum along them."""
    ahead = new_at - at

    def slope(length: np.ndarray) -> np.ndarray:
        missing = np.maximum(target - at - length * ahead, 0) / delta
        pull = point + length * (new - point) - missing
        return (pull * ahead).sum(-1, keepdims=True)

    length, lowest = np.ones((len(point), 1)), np.zeros((len(point), 1))
    short = slope(length) > 1e-3 * abs(slope(lowest))
    if short.any():
        highest = length
        for _ in range(_BISECTIONS):
            middle = (lowest + highest) / 2
            beyond = slope(middle) > 0
            lowest, highest = np.where(beyond, lowest, middle), np.where(beyond, middle, highest)
        length = np.where(short, highest, length)
    return length
