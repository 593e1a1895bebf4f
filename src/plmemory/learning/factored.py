"""The result of rules for vector spins: couplings as factors."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from plmemory.networks.ising.states import COUPLINGS


class Factored(NamedTuple):
    """Couplings J_ij = sum_mu left_i (right_j)^T; the other fields are as in ``Learned``.

    left, right: (replicate, pattern, site, component). For Hebb's rule left is None and stands for
    right / N (see ``networks.vectors.couplings``).
    """

    left: np.ndarray | None
    right: np.ndarray
    converged: np.ndarray
    history: dict[str, np.ndarray]
    diagnostics: dict[str, np.ndarray]

    @property
    def variables(self) -> dict[str, tuple[Any, ...]]:
        """The variables of the network: axes, values and attributes by name."""
        axes, told = ("replicate", "factor", "site", "component"), {"convention": COUPLINGS}
        found: dict[str, tuple[Any, ...]] = {"right": (axes, self.right, told)}
        if self.left is not None:
            found["left"] = (axes, self.left, told)
        return found
