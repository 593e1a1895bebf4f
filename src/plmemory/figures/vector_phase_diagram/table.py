"""The phase diagram of vector networks, from replica-symmetric theory alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from plmemory.theory.vectors import capacity, first_order, spin_glass_temperature

WIDEST = 0.16  # of the scaled load of the diagram
NEAREST = 0.02  # distance from d T = 1 up to which lines are computed; at 1 both loads are zero


def build(dimensions: Sequence[int], temperatures: int) -> pd.DataFrame:
    """One row per dimension, line and temperature."""
    rows = []
    for d in dimensions:
        # Denser at both ends, where the lines bend.
        grid = (1 - NEAREST) * (1 - np.cos(np.linspace(0, np.pi, temperatures))) / 2
        for scaled in grid.tolist():
            spinodal = capacity(d, scaled / d).alpha
            rows.append((d, "spinodal", scaled, spinodal * d))
            rows.append((d, "first_order", scaled, first_order(d, scaled / d).alpha * d))
        rows += [(d, line, 1.0, 0.0) for line in ("spinodal", "first_order")]
        loads = (WIDEST * np.linspace(0, 1, temperatures) ** 2).tolist()
        rows += [(d, "spin_glass", spin_glass_temperature(load / d, d), load) for load in loads]
    return pd.DataFrame(rows, columns=["d", "line", "temperature", "alpha_d"])
