"""Pseudo-likelihood optimum: every row is at the minimum of its loss.

The loss of row i over the patterns mu with weights p_mu is, at inverse temperature lambda,

    sum_mu p_mu [ (1/lambda) log 2cosh(lambda h_i) - xi_i h_i ],   h_i = sum_j J_ij xi_j,

which is logistic regression of the spin on all others with the margins 2 lambda xi_i h_i
(Besag 1975, The Statistician 24, 179; Ravikumar, Wainwright & Lafferty 2010, Ann. Stat. 38,
1287). It is minimised in one of two ways:

* at fixed scaled norm b = lambda |J_i|, over the direction of the row: the problem of the
  replica theory (Griniasty & Gutfreund 1991, J. Phys. A 24, 715). Where the patterns pull the
  norm outwards at the result (``equivalent_l2`` > 0, always true for separable patterns) it is the
  only minimum; otherwise the optimum without constraint has a smaller norm than requested, and the
  result is a stationary point, but there may be others;
* with the penalty (l2 / 2) |J_i|^2: strictly convex. The rows may be tied, J = J^T.

With ``connectivity`` a row has inputs from only some of the sites, drawn at random.

Inside, couplings are multiplied by 2 lambda so that fields are margins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from plmemory.errors import InputError
from plmemory.files import checkpoints
from plmemory.learning.logistic_rows.diluted_space import (
    DilutedSpace,
    diluted_space,
    random_inputs,
)
from plmemory.learning.logistic_rows.minimise import Minimum, minimise
from plmemory.learning.logistic_rows.precisions import block, minimise_rows
from plmemory.learning.logistic_rows.row_space import RowSpace, Spectrum, row_space, spectrum
from plmemory.learning.logistic_rows.symmetric_space import symmetric_space
from plmemory.learning.result import Learned
from plmemory.learning.shared import Found
from plmemory.machine.backend import Backend
from plmemory.machine.part import WHOLE, Part

Rows = RowSpace | DilutedSpace

_SMALLEST_RADIUS = 8.0
_ROUGH = 0.1  # sufficient relative gradient at smaller norms


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    scaled_norm: float | None = None,
    l2: float | None = None,
    connectivity: int | None = None,
    inverse_temperature: float,
    symmetric: bool = False,
    tolerance: float,
    max_iterations: int,
    weights: np.ndarray | None = None,
    part: Part = WHOLE,
    shared: Sequence[Found] | None = None,
) -> Learned:
    """Couplings at the optimum for the patterns (R, P, N), at fixed norm or with a penalty.

    ``scaled_norm``: b = lambda |J_i|. ``l2``: strength of the penalty (l2 / 2) |J_i|^2 added to
    the loss of the row; with ``symmetric`` the sum over the rows is minimised over J = J^T.
    ``connectivity``: mean number of inputs of a row, by default all sites. They are drawn by
    ``rngs``, one for each replicate, which are otherwise not used.
    ``inverse_temperature``: lambda (at fixed b it only determines the scale of the couplings).
    ``weights`` (R, P): weights of the patterns, not negative, normalised here; default equal.
    ``part``: the part of the rows to learn, if not ``symmetric``. ``shared``: the result of
    ``share`` for each replicate, for equal ``weights`` and without ``connectivity``.
    ``tolerance``: bound on the gradient of each row relative to the size that it would have if the
    residuals had random signs (see ``logistic_rows.minimise``).

    Diagnostics, for each replicate: the largest ``relative_gradient`` and ``iterations`` of
    its rows, the mean ``loss`` without the penalty, the smallest ``equivalent_l2`` (the
    penalty that would give the same row), and ``row_relative_gradient`` (R, N), or (R, 1) for
    symmetric couplings, which are one problem.

    Raises
    ------
    InputError
        If not exactly one of ``scaled_norm`` and ``l2`` is given, a number is out of range, or a
        row has no inputs.
    """
    _check(scaled_norm, l2, symmetric)
    if connectivity is not None and (symmetric or weights is not None):
        raise InputError("connectivity: expected independent rows and patterns that weigh alike")
    replicates, count, sites = patterns.shape
    shares = np.ones((replicates, count)) if weights is None else np.asarray(weights, float)
    shares = shares / shares.sum(axis=1, keepdims=True)
    settings = {
        "radius": None if scaled_norm is None else 2 * scaled_norm,
        "l2": 0.0 if l2 is None else l2 / (4 * inverse_temperature),
        "tolerance": tolerance,
        "max_iterations": max_iterations,
    }
    pieces, own = part.share(sites, block(backend, count))
    rows = slice(pieces[0].start, pieces[-1].stop)
    couplings = np.empty((replicates, rows.stop - rows.start, sites), dtype=backend.dtype)
    found = []
    for r in range(replicates):
        if symmetric:
            tied = partial(_solve_symmetric, patterns, shares, backend, couplings, settings)
            found.append(Minimum(*checkpoints.pieces(tied, [r], couplings)[0]))
        elif connectivity is None:
            # Computed once, for both precisions.
            of_all = _read(shared[r]) if shared else spectrum(patterns[r], shares[r])
            full = partial(row_space, patterns[r], shares[r], rows=rows, found=of_all)
            found.append(_solve_rows(full, shares[r], backend, couplings[r], pieces, settings))
        else:
            inputs = _inputs(sites, connectivity, rows, rngs[r])
            thin = partial(diluted_space, patterns[r], inputs, rows)
            found.append(_solve_rows(thin, shares[r], backend, couplings[r], pieces, settings))
    couplings = couplings[:, own]
    found = [Minimum(None, *(numbers[own] for numbers in minimum[1:])) for minimum in found]
    couplings /= 2 * inverse_temperature
    gradients = np.stack([minimum.relative_gradient for minimum in found])
    diagnostics = {
        "relative_gradient": gradients.max(axis=1),
        "row_relative_gradient": gradients,
        "iterations": np.array([minimum.iterations.max() for minimum in found]),
        "loss": np.array([minimum.loss.sum() for minimum in found])
        / len(couplings[0])
        / inverse_temperature,
        "equivalent_l2": np.array([minimum.multiplier.min() for minimum in found])
        * (4 * inverse_temperature),
    }
    return Learned(couplings, np.all(gradients <= tolerance, axis=1), {}, diagnostics)


def share(patterns: np.ndarray, backend: Backend) -> dict[str, np.ndarray]:
    """What all rows need: the ``Spectrum`` of the patterns (P, N), in float64."""
    return spectrum(patterns, np.full(len(patterns), 1 / len(patterns)))._asdict()


def _read(shared: Found) -> Spectrum:
    return Spectrum(*(np.asarray(shared[name]) for name in Spectrum._fields))


def _check(scaled_norm: float | None, l2: float | None, symmetric: bool) -> None:
    if (scaled_norm is None) == (l2 is None):
        raise InputError("optimum: expected exactly one of scaled_norm and l2")
    if scaled_norm is not None and not scaled_norm > 0:
        raise InputError(f"scaled_norm: found {scaled_norm}, expected a positive number")
    if l2 is not None and not l2 >= 0:
        raise InputError(f"l2: found {l2}, expected zero or a positive number")
    if symmetric and l2 is None:
        raise InputError("optimum: symmetric couplings have no row norms to fix, expected l2")


def _inputs(sites: int, connectivity: int, rows: slice, rng: np.random.Generator) -> np.ndarray:
    inputs = random_inputs(sites, connectivity, rows, rng)
    fewest = inputs.sum(axis=1).min()
    if not fewest:
        raise InputError(
            f"connectivity: found {connectivity}, expected more: a site hears from none"
        )
    return inputs


def _solve_rows(
    space_on: Callable[[Backend], Rows],
    shares: np.ndarray,
    backend: Backend,
    couplings: np.ndarray,
    pieces: list[slice],
    settings: Any,
) -> Minimum:
    """Minimise the rows of one replicate in their space, in pieces; fills ``couplings``."""

    def begin(space: Rows) -> Any:
        if settings["radius"] is None:
            return backend.zeros((len(couplings), space.values.shape[-1]))
        start = space.gradient(backend.asarray(np.tile(shares, (len(couplings), 1))))
        norms = backend.xp.einsum("ij,ij->i", start, start) ** 0.5
        start *= (settings["radius"] / norms)[:, None]
        return start

    def outwards(space: Rows, point: Any, again: bool) -> Minimum:
        for radius in _smaller_radii(settings["radius"]):
            rough = {**settings, "radius": radius, "tolerance": _ROUGH}
            point = minimise(space, point * (radius / settings["radius"]), **rough).coordinates
            point *= settings["radius"] / radius
        return minimise(space, point, **settings)

    ends = {name: settings[name] for name in ("tolerance", "max_iterations")}
    return minimise_rows(Minimum, space_on, begin, outwards, backend, couplings, pieces, **ends)


def _smaller_radii(radius: float | None) -> list[float]:
    """Radii of smaller spheres, each half of the next one.

    At a large scaled norm, the loss of a first guess comes only from its few worst patterns;
    following the optimum outwards halves the work for b >= 5.
    """
    radii = []
    while radius is not None and radius > _SMALLEST_RADIUS:
        radius /= 2
        radii.append(radius)
    return radii[::-1]


def _solve_symmetric(
    patterns: np.ndarray,
    shares: np.ndarray,
    backend: Backend,
    couplings: np.ndarray,
    settings: Any,
    r: int,
) -> Minimum:
    """Minimise over symmetric couplings of replicate r, one problem; fills ``couplings[r]``."""
    space = symmetric_space(patterns[r], shares[r], backend)
    found = minimise(space, backend.zeros((1, couplings[r].size)), **settings)
    couplings[r] = backend.to_numpy(found.coordinates).reshape(couplings[r].shape)
    return found._replace(coordinates=None)
