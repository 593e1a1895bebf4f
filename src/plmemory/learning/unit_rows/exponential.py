"""The exponential loss of stabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_SMALLEST_NORM = 4.0


@dataclass(frozen=True)
class LogExponential:
    """(1/b) log sum_mu exp(-b Delta_mu), whose scale does not vanish with the sum."""

    b: float

    def slopes(self, stabilities: Any, xp: Any) -> Any:
        """Derivatives with respect to the stabilities (rows, patterns)."""
        weights = xp.exp(self.b * (xp.amin(stabilities, -1)[:, None] - stabilities))
        return weights / -weights.sum(-1)[:, None]

    def curvature(self, stabilities: Any, slopes: Any, xp: Any) -> Any:
        """Trace of the second derivatives (rows,)."""
        return self.b * (1 - (slopes * slopes).sum(-1))


def growing_norms(b: float) -> list[LogExponential]:
    """Losses up to ``b``, each with twice the norm of the previous one.

    At a large norm the loss of a first guess comes only from its few worst patterns.
    """
    norms = [b]
    while norms[0] > _SMALLEST_NORM:
        norms.insert(0, norms[0] / 2)
    return [LogExponential(norm) for norm in norms]
