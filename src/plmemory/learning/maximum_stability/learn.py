"""Maximum stability: every row is the hard-margin solution for its site (Gardner 1988).

For asymmetric couplings each row maximises its smallest stability
min_mu xi_i h_i / |J_i| (E. Gardner, J. Phys. A 21, 257), the perceptron of optimal stability
(Krauth & Mezard 1987, J. Phys. A 20, L745), solved for all rows at once through the Gram
matrices Q_i = (x_i x_i^T) o K - 1 1^T, with K = X X^T, x_i the i-th column of the patterns X, and
the last term for the site itself. The method is ascent of the dual; close to the capacity, or if
there is no solution, the active set and proximal Newton steps.

For symmetric couplings no row can be scaled alone. There the smallest aligned field of all
sites and patterns is maximised relative to the norm of the whole matrix,
min_{i, mu} xi_i h_i / (|J|_F / sqrt(N)):  min |J|_F^2 over J = J^T with all xi_i h_i >= 1, one
convex problem whose value is the smallest stability where all rows have equal norms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from plmemory.files import checkpoints
from plmemory.learning.blocks import by_blocks
from plmemory.learning.maximum_stability.active_set import polish
from plmemory.learning.maximum_stability.dual_ascent import Margin, ascend
from plmemory.learning.maximum_stability.proximal_newton import approach
from plmemory.learning.overlaps import overlaps
from plmemory.learning.result import Learned
from plmemory.learning.shared import Found
from plmemory.machine.backend import Backend
from plmemory.machine.part import WHOLE, Part, within
from plmemory.machine.workers import Workers

# Rows per block: their variables must fit into a CPU's cache.
_BLOCK_NUMBERS = {"cpu": 2**18, "cuda": 2**30}
# Iterations of the ascent. Rows that need more are so close to the capacity, and their variables a
# so large, that rounding of the fields in single precision, eps N |a|, hides the gap.
_ASCENT = 500
# Rows in Newton steps at once: each keeps a factor of up to N x N numbers.
_FACTORS = 16
# Bound of the margin below which the combination of the patterns vanishes up to rounding.
_VANISHING = 1e-9


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    symmetric: bool,
    gap: float,
    max_iterations: int,
    part: Part = WHOLE,
    shared: Sequence[Found] | None = None,
) -> Learned:
    """Couplings of largest stability for the patterns (R, P, N), rows of norm one.

    ``gap``: certified relative bound on the distance of the smallest stability of a row (of the
    network, if ``symmetric``) from the largest possible. If patterns cannot have a stability of
    about ``gap``, the row is abandoned. Symmetric couplings are scaled to rows of root-mean-square
    norm one. Deterministic: ``rngs`` is not used. ``part``: the part of the rows to learn, if not
    ``symmetric``. ``shared``: the result of ``share`` for each replicate.

    Diagnostics, for each replicate: ``smallest_stability`` of any row, as reached, and
    ``stability_bound``, the proven upper bound of that row; the largest ``relative_gap`` and
    ``iterations`` of its rows. Patterns that cannot be separated (beyond the capacity) do not
    converge: the smallest stability is then negative, and the bound close to zero.
    For independent rows also the numbers of ``separable_rows``, whose stability is positive, and of
    ``inseparable_rows``, for which a non-negative combination of the patterns vanishes, so no row
    separates them (Gordan's theorem); for these the row of largest stability found is returned.
    """
    replicates, count, sites = patterns.shape
    pieces, own = part.share(sites, _block(backend, count))
    rows = pieces[-1].stop - pieces[0].start
    couplings = np.empty((replicates, rows, sites), dtype=backend.dtype)
    names = ("smallest_stability", "stability_bound", "relative_gap", "iterations")
    diagnostics = {name: np.empty(replicates) for name in names}

    def train(r: int) -> Margin:
        found = shared[r] if shared else share(patterns[r], backend)
        solve = _solve_symmetric if symmetric else partial(_solve_rows, pieces)
        return solve(
            found, backend.asarray(patterns[r]), backend, couplings[r], gap, max_iterations
        )

    # Rows are kept block by block.
    every = range(replicates)
    trained = checkpoints.pieces(train, every, couplings) if symmetric else map(train, every)
    margins = [Margin(*margin) for margin in trained]
    for replicate, margin in enumerate(margins):
        lower, upper, iterations = (numbers[own] for numbers in margin[1:])
        worst = lower.argmin()
        numbers = (lower[worst], upper[worst], (1 - lower / upper).max(), iterations.max())
        for name, number in zip(names, numbers, strict=True):
            diagnostics[name][replicate] = number
    if not symmetric:
        lowers, uppers = (np.array([m[bound][own] for m in margins]) for bound in (1, 2))
        diagnostics["separable_rows"] = (lowers > 0).sum(axis=1)
        diagnostics["inseparable_rows"] = (uppers <= _VANISHING).sum(axis=1)
    converged = diagnostics["relative_gap"] <= gap
    return Learned(couplings[:, own], converged, {}, diagnostics)


def share(patterns: np.ndarray, backend: Backend) -> dict[str, np.ndarray]:
    """What all rows need: ``gram`` K (P, P) of the patterns (P, N), and its largest eigenvalue.

    ``curvature``: this eigenvalue with a margin for rounding, so steps never exceed its inverse.
    """
    gram = backend.to_numpy(overlaps(patterns, backend))
    return {"gram": gram, "curvature": np.array(1.001 * float(np.linalg.eigvalsh(gram)[-1]))}


@dataclass(frozen=True)
class _RowDual:
    """The duals of ``rows``, with their ``signs`` (rows, P) in the patterns ``spins`` (P, N)."""

    backend: Backend
    spins: Any
    gram: Any
    curvature: float
    rows: np.ndarray
    signs: Any

    def take(self, rows: np.ndarray) -> _RowDual:
        return replace(self, rows=self.rows[rows], signs=self.signs[rows])

    def in_double(self) -> _RowDual:
        backend = replace(self.backend, dtype="float64")
        spins, gram, signs = (
            backend.asarray(self.backend.to_numpy(array))
            for array in (self.spins, self.gram, self.signs)
        )
        return replace(self, backend=backend, spins=spins, gram=gram, signs=signs)

    def finished(
        self, variables: np.ndarray, gap: float, max_steps: int
    ) -> tuple[Any, np.ndarray, np.ndarray]:
        """Variables (rows, P), within ``gap`` if a row has a solution; bounds and steps."""
        spins, gram, signs = map(self.backend.to_numpy, (self.spins, self.gram, self.signs))
        result, steps = variables.astype(np.float64), np.zeros(len(variables), dtype=np.int64)
        upper = np.full(len(variables), np.inf)
        left = []
        for row, own in enumerate(signs):
            found = polish(gram, own, result[row])
            if found is None:
                left.append(row)
            else:
                result[row] = found
        for first in range(0, len(left), _FACTORS):
            rows = left[first : first + _FACTORS]
            result[rows], upper[rows], steps[rows] = approach(
                *(spins, gram, self.rows[rows], result[rows]),
                gap=gap,
                negligible=_VANISHING,
                max_steps=max_steps,
            )
        return self.backend.asarray(result), upper, steps

    def couplings(self, variables: Any) -> Any:
        found = self.backend.xp.matmul(variables * self.signs, self.spins)
        found[np.arange(len(self.rows)), self.rows] = 0
        return found

    def fields(self, variables: Any) -> Any:
        fields = self.backend.xp.matmul(variables * self.signs, self.gram)
        fields *= self.signs
        fields -= variables.sum(-1)[:, None]
        return fields


@dataclass(frozen=True)
class _SymmetricDual:
    """The dual of symmetric couplings: one row of N P variables, site by site."""

    backend: Backend
    spins: Any
    curvature: float

    def take(self, rows: np.ndarray) -> _SymmetricDual:
        return self

    def couplings(self, variables: Any) -> Any:
        weighted = variables.reshape(self.spins.shape[1], -1) * self.spins.T
        matrix = self.backend.xp.matmul(weighted, self.spins)
        matrix = (matrix + matrix.T) / 2
        sites = np.arange(len(matrix))
        matrix[sites, sites] = 0
        return matrix

    def fields(self, variables: Any) -> Any:
        fields = self.backend.xp.matmul(self.couplings(variables), self.spins.T)
        fields *= self.spins.T
        return fields.reshape(1, -1)


def _block(backend: Backend, count: int) -> int:
    return _BLOCK_NUMBERS["cpu" if backend.device == "cpu" else "cuda"] // count


def _solve_rows(
    pieces: list[slice],
    shared: Found,
    spins: Any,
    backend: Backend,
    couplings: np.ndarray,
    gap: float,
    max_iterations: int,
) -> Margin:
    """The rows of ``pieces`` for the patterns (P, N); fills ``couplings``."""
    xp = backend.xp
    count, first = len(spins), pieces[0].start

    def returned(dual: _RowDual, variables: Any) -> tuple[np.ndarray, np.ndarray]:
        """Fill the rows of ``couplings``; returns their certified bounds."""
        host = dual.backend.to_numpy
        found = dual.couplings(variables)
        norms = xp.einsum("ij,ij->i", found, found) ** 0.5
        found /= norms[:, None]
        own = dual.rows - first
        couplings[own] = host(found)
        aligned = xp.matmul(dual.backend.asarray(couplings[own]), dual.spins.T) * dual.signs
        lower = host(xp.amin(aligned, -1)).astype(np.float64)
        return lower, host(norms / variables.sum(-1)).astype(np.float64)

    def solve_block(rows: slice) -> Margin:
        part = dual.take(np.arange(rows.start, rows.stop))
        start = backend.asarray(np.ones((len(part.rows), count)))
        iterations = min(_ASCENT, max_iterations)
        # Half the gap, so that rounding in the returned rows does not spoil the certificate.
        margin = ascend(part, start, gap=gap / 2, negligible=gap / 2, max_iterations=iterations)
        lower, upper = returned(part, margin.variables)
        left = np.flatnonzero(margin.iterations == iterations)
        if iterations < max_iterations and len(left) > 0:
            harder = part.take(left).in_double()
            variables, bound, steps = harder.finished(
                backend.to_numpy(margin.variables[left]), gap / 2, max_iterations - iterations
            )
            lower[left], upper[left] = returned(harder, variables)
            upper[left] = np.minimum(upper[left], bound)
            margin.iterations[left] += steps
        return Margin(None, lower, upper, margin.iterations)

    with Workers() as workers:
        gram, curvature = backend.asarray(shared["gram"]), float(shared["curvature"])
        rows = np.arange(first, pieces[-1].stop)
        dual = _RowDual(backend, spins, gram, curvature, rows, spins.T[first : pieces[-1].stop])
        blocks = within(pieces)
        return by_blocks(Margin, solve_block, blocks, backend, couplings, workers=workers)


def _solve_symmetric(
    shared: Found,
    spins: Any,
    backend: Backend,
    couplings: np.ndarray,
    gap: float,
    max_iterations: int,
) -> Margin:
    """The symmetric couplings for the patterns (P, N); fills ``couplings``."""
    count, sites = spins.shape
    dual = _SymmetricDual(backend, spins, float(shared["curvature"]))
    start = backend.asarray(np.ones((1, sites * count)))
    # The bounds of the ascent are for fields over the norm of the matrix; per row sqrt(N) more.
    per_row = np.sqrt(sites)
    margin = ascend(dual, start, gap=gap, negligible=gap / per_row, max_iterations=max_iterations)
    matrix = backend.to_numpy(dual.couplings(margin.variables))
    scale = np.sqrt((matrix.astype(np.float64) ** 2).sum() / sites)
    couplings[:] = matrix / scale
    return margin._replace(
        variables=None, lower=margin.lower * per_row, upper=margin.upper * per_row
    )
