"""Retrieval step by step in a fully connected network, N to infinity.

From a start of overlap m0 with a pattern xi all sites are updated at once, s(t+1) = sign(J s(t)),
with the couplings J of a row-wise optimum (see ``medium``), rows of norm one. Leave the pattern out
(cavity): then the couplings J are independent of the pattern and of the start, and learning the
pattern adds x(z) R xi, with z = xi (J xi) the cavity stability:

    xi_i h_i(t) = xi_i (J s(t))_i + x(z_i) tr(xi R s(t)).

s(t) is a nonlinear function of earlier fields. J acts a second time on its regression on these
fields; the residual of the regression is independent of J, as the start was. Hence fields are sums
of J^k e, with e the pattern, the start and the residual of each state. J^k e is e times tr J^k, the
feedback of a site to itself, plus a Gaussian, whose covariances are traces of products of J. One
site in these fields represents all: averages over it are computed by quadrature.

An effective site: Eissfeller & Opper (1992, Phys. Rev. Lett. 68, 2094); for matrices with a given
spectrum: Opper, Cakmak & Winther (2016, J. Phys. A 49, 114002); two steps of optimal networks:
Henkel & Opper (1990, Europhys. Lett. 11, 403).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import erf, ndtri
from scipy.stats.qmc import Sobol

from plmemory.errors import InputError
from plmemory.theory.distribution import StabilityDistribution
from plmemory.theory.medium import Moments, moments

_POINTS = 1 << 17
_NARROWEST = 1e-14  # variance of a field, given earlier fields
_SINGULAR = 1e-10


def overlaps(
    distribution: StabilityDistribution,
    alpha: float,
    initial_overlaps: Sequence[float] | np.ndarray,
    steps: int,
) -> np.ndarray:
    """Overlaps after 1, 2, ... ``steps`` synchronous steps, (steps, M), from M initial overlaps.

    ``distribution``: stabilities z -> Delta*(z) of the rule at load ``alpha``. Derived for N to
    infinity by the cavity method, without proof (rows at the optimum of a convex loss); the error
    of the quadrature is 3e-4 in the first three steps.

    Raises
    ------
    InputError
        If an initial overlap is not in [0, 1).
    """
    for initial in initial_overlaps:
        if not 0 <= initial < 1:
            raise InputError(f"initial overlap: found {initial}, expected one in [0, 1)")
    traces = moments(distribution, alpha, steps)
    # Sobol's sequence begins in a corner of the cube: a shift by half a cell avoids the faces.
    uniform = Sobol(steps + 1, scramble=False).random(_POINTS).T + 0.5 / _POINTS
    normal = ndtri(uniform[1:])
    added = distribution.stability(normal[0]) - normal[0]
    starts = (np.where(uniform[0] < (1 + m) / 2, 1.0, -1.0) for m in initial_overlaps)
    return np.array([_follow(traces, start, normal, added, steps) for start in starts]).T


def _follow(
    traces: Moments, start: np.ndarray, normal: np.ndarray, added: np.ndarray, steps: int
) -> list[float]:
    """The overlaps from one ``start`` (S,), in the gauge in which the pattern is +1 at all sites.

    ``normal`` (steps, S): independent Gaussians, the first of them z. ``added`` (S,): x(z).
    """
    central = traces.products - np.outer(traces.powers, traces.powers)
    # Vectors independent of J: the pattern, the start, and residuals of later states.
    fresh = np.zeros((steps + 1, len(start)))
    fresh[0], fresh[1] = 1, start
    # A vector sum_ek c_ek J^k e is stored by its coefficients (fresh, power).
    unit = np.eye((steps + 1) ** 2).reshape((steps + 1,) * 4)
    gaussian, made = normal[:1], unit[:1, 1]
    state, found = unit[1, 0], []
    for step in range(steps):
        second = fresh @ fresh.T / len(start)
        field = np.zeros_like(state)
        field[:, 1:] = state[:, :-1]
        memory = field @ traces.powers
        made = np.concatenate([made, (field - memory[:, None] * unit[0, 0, 0])[None]])
        covariance = np.einsum("aek,bfl,kl,ef->ab", made, made, central, second, optimize=True)
        told = np.linalg.lstsq(covariance[:-1, :-1], covariance[:-1, -1], rcond=_SINGULAR)[0]
        untold = covariance[-1, -1] - told @ covariance[:-1, -1]
        width = np.sqrt(max(untold, _NARROWEST))
        known = told @ gaussian
        drive = known + memory @ fresh + added * (second[0] @ state @ traces.response)
        found.append(float(erf(drive / (np.sqrt(2) * width)).mean()))
        if step + 1 < steps:
            noise = width * normal[step + 1]
            updated = np.sign(drive + noise)
            gaussian = np.vstack([gaussian, known + noise])
            fit = np.linalg.lstsq(gaussian @ gaussian.T, gaussian @ updated, rcond=_SINGULAR)[0]
            fresh[step + 2] = updated - fit @ gaussian
            state = np.tensordot(fit, made, 1) + unit[step + 2, 0]
    return found
