"""The result of rules for perceptrons, and their norms."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from plmemory.errors import InputError


class Perceptrons(NamedTuple):
    """Perceptrons at one or several norms, with convergence and history.

    weights: (step, replicate, site), of norm sqrt(site).
    norm: (step, replicate), lambda = |w| / sqrt(N) to which they belong: 0 and infinity for rules
    that are a limit.
    converged: (replicate,); history, diagnostics: as in ``learning.result``.
    """

    weights: np.ndarray
    norm: np.ndarray
    converged: np.ndarray
    history: dict[str, np.ndarray]
    diagnostics: dict[str, np.ndarray]

    @property
    def variables(self) -> dict[str, tuple[Any, ...]]:
        """The variables of the model: axes and values by name."""
        axes = ("step", "replicate", "site")
        return {"weights": (axes, self.weights), "norm": (axes[:2], self.norm)}


def norms_between(smallest: float, largest: float, count: int) -> np.ndarray:
    """``count`` norms from the smallest to the largest, log-spaced.

    Raises
    ------
    InputError
        If the smallest is not positive, or not below the largest.
    """
    if not 0 < smallest < largest < np.inf:
        raise InputError(
            f"smallest_norm: found {smallest:g}, expected more than 0 and less than the largest "
            f"norm, {largest:g}"
        )
    return np.geomspace(smallest, largest, count)
