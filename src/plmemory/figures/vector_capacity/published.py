"""Known limits of the capacity beside ours."""

from __future__ import annotations

import pandas as pd

from plmemory.figures.shared.comparison import Comparison
from plmemory.figures.shared.draws import ROUNDED

# Amit, Gutfreund & Sompolinsky (1987), to the printed digits.
ISING, ROUNDING = 0.138, 0.0005
# d to infinity: max y^4 / (1 + y^2)^3; the approach is 0.025 / d.
MANY, APPROACH = 4 / 27, 1e-3
NEAR = "the largest dimension is finite"
NAME = "vectors"


def compare(table: pd.DataFrame) -> list[Comparison]:
    """The closed form at d = 1 and at the largest dimension of the table; no statistical error."""
    limits = table[table["capacity_d"].notna()].sort_values("d")["capacity_d"]
    nan = float("nan")
    return [
        Comparison(NAME, "capacity, d = 1", nan, "", ISING, limits.iloc[0], 0.0, ROUNDING, ROUNDED),
        Comparison(
            NAME, "capacity times d, large d", nan, "", MANY, limits.iloc[-1], 0.0, APPROACH, NEAR
        ),
    ]
