"""Replica-symmetric stabilities at the minimum of a hinge, on random patterns.

The loss (kappa - Delta)_+ of ``optimum`` has a corner at the margin kappa, at which a finite
fraction of the patterns sits: Delta*(z) = z + chi below z = kappa - chi, kappa up to z = kappa, z
above (Griniasty & Gutfreund 1991, J. Phys. A 24, 715).
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from plmemory.errors import InputError
from plmemory.theory.distribution import REACH, StabilityDistribution, normal_density
from plmemory.theory.stabilities import CAPACITY, gardner_stability, maximum_stability


def soft_margin(alpha: float, margin: float) -> StabilityDistribution | None:
    """Stabilities at load ``alpha`` of rows of norm one with the smallest sum of hinges.

    If all patterns can have the margin, the row is that of maximum stability. None if the minimum
    in the ball |J_i| <= 1 is inside it (small margins above load 2). Raises InputError for a load
    or margin that is not positive.
    """
    if has_margin(alpha, margin):
        return maximum_stability(alpha)

    def excess(chi: float) -> float:
        # E[(Delta - z)^2], with E[(x - z)^2; z < x] and E[x - z; z < x] of a Gaussian z.
        below = margin - chi
        linear = below * ndtr(below) + normal_density(np.asarray(below))
        return float(alpha * (_square(margin) - _square(below) - 2 * chi * linear) - 1)

    # Delta - z is at most chi, so that alpha chi^2 >= 1, and it is chi below z = margin - chi.
    highest = 2 / np.sqrt(alpha)
    while excess(highest) < 0:
        highest *= 2
    chi = float(brentq(excess, 0.5 / np.sqrt(alpha), highest, xtol=1e-14))
    atom_mass = float(ndtr(margin) - ndtr(margin - chi))
    if alpha * atom_mass > 1:
        return None
    return StabilityDistribution(
        stability=lambda z: np.where(z < margin - chi, z + chi, np.maximum(z, margin)),
        gaussian=lambda x: np.where(x < margin, x - chi, x),
        density=lambda x: normal_density(np.where(x < margin, x - chi, x)),
        panels=np.unique([min(chi - REACH, margin), margin, max(REACH, margin + 1)]),
        atom=margin,
        atom_mass=atom_mass,
    )


def has_margin(alpha: float, margin: float) -> bool:
    """Whether random patterns at load ``alpha`` can all have the stability ``margin`` > 0."""
    for name, found in (("alpha", alpha), ("margin", margin)):
        if not 0 < found < np.inf:
            raise InputError(f"{name}: found {found}, expected a positive number")
    return alpha <= CAPACITY and margin <= gardner_stability(alpha)


def _square(x: float) -> float:
    """E[(x - z)^2; z < x]."""
    return float((1 + x * x) * ndtr(x) + x * normal_density(np.asarray(x)))
