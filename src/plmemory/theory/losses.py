"""Losses of learning rules as functions of the stability, for ``optimum``."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from plmemory.theory.optimum import Loss


def exponential(b: float) -> Loss:
    """V = exp(-b Delta) / b."""
    return Loss(slope=lambda x: -np.exp(-b * x), bend=lambda x: b * np.exp(-b * x))


def squared_hinge(margin: float) -> Loss:
    """V = (margin - Delta)_+^2 / 2."""
    return Loss(
        slope=lambda x: np.minimum(x - margin, 0),
        bend=lambda x: np.where(x < margin, 1.0, 0.0),
        kinks=(margin,),
    )


def quadratic(target: float) -> Loss:
    """V = (target - Delta)^2 / 2."""
    return Loss(slope=lambda x: x - target, bend=np.ones_like)


def missed(gain: float) -> Loss:
    """V = -(pi / 2)^(1/2) erf(gain Delta / 2^(1/2)) / gain, convex for Delta > 0 only."""

    def bend(x: np.ndarray) -> np.ndarray:
        return gain**2 * x * np.exp(-((gain * x) ** 2) / 2)

    def floor(chi: float) -> float:
        # V'' is smallest, -gain exp(-1/2), at Delta = -1/gain.
        if chi * gain <= np.exp(0.5):
            return -np.inf
        return float(brentq(lambda x: 1 + chi * bend(x), -1 / gain, 0.0, xtol=1e-14))

    return Loss(slope=lambda x: -np.exp(-((gain * x) ** 2) / 2), bend=bend, floor=floor)
