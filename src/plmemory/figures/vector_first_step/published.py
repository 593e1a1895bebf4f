"""Published formulas of the first step beside our simulations.

The formula of one step is for infinitely many sites; for the comparison we use the mean and the
variance of fields at the number of sites of the run.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from plmemory.figures.shared.comparison import Comparison
from plmemory.figures.shared.draws import DEVIATIONS

NAME = "vectors"
# End of the curve d = 1 in the public notebook of arXiv:2507.02586; exact is 2 / pi.
ISING_LIMIT = 1 / math.pi
ROUNDING = 1e-3
READ = "digits to which the formula of the notebook is evaluated"
MEASURED = f"{DEVIATIONS} standard errors of ours; the formula is exact"


def compare(table: pd.DataFrame) -> list[Comparison]:
    """The one-step formula at the middle of each measured map, and the end of the line of d = 1."""
    maps = table[(table["panel"] == "map") & table["one_step_overlap"].notna()]
    found = []
    for dimension in sorted(maps["d"].unique()):
        rows = maps[maps["d"] == dimension].reset_index(drop=True)
        row = rows.iloc[int(np.abs(rows["initial_overlap"] - 0.5).argmin())]
        sem = row["one_step_overlap_sem"]
        found.append(
            Comparison(
                NAME,
                f"one step from {row['initial_overlap']:g}, d = {dimension:g}",
                row["alpha"],
                "corrupted",
                row["theory"],
                row["one_step_overlap"],
                sem,
                DEVIATIONS * sem,
                MEASURED,
            )
        )
    limits = table[(table["panel"] == "limit") & (table["d"] == 1)]
    smallest = limits.sort_values("initial_overlap").iloc[0]
    exact = smallest["alpha"] if smallest["initial_overlap"] == 0 else math.nan
    name = "load of denoising, d = 1, small overlap"
    return [*found, Comparison(NAME, name, math.nan, "", ISING_LIMIT, exact, 0.0, ROUNDING, READ)]
