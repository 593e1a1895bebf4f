"""Published exponents of arXiv:2505.13230 beside ours.

The reduced error falls as norm^(-gamma_1) with gamma_1 = 1/2, the norm of the smallest error grows
as alpha^gamma_2 with gamma_2 = 1: so the smallest reduced error falls as alpha^(-gamma_1 gamma_2).
"""

from __future__ import annotations

import math

import pandas as pd

from plmemory.figures.shared.comparison import Comparison

EXPONENTS = {
    "gamma_1": ("exponent of the error in the norm", 0.5),
    "gamma_2": ("exponent of the best norm in the load", 1.0),
    "gamma": ("exponent of the smallest error in the load", 0.5),
}
ROUNDING = 0.05  # of 0.5 and of 1.0
SURE = 2.0  # standard errors
REASON = f"rounding of the printed number and {SURE:g} standard errors of ours together"


def compare(table: pd.DataFrame) -> list[Comparison]:
    """Each exponent beside what the simulated teachers show at the loads of the table."""
    found = []
    for exponent, (name, published) in EXPONENTS.items():
        mine = table[(table["source"] == "simulation") & (table["exponent"] == exponent)]
        for row in mine.to_dict("records"):
            known = math.isfinite(row["value"])
            sem = row["value_sem"] if known else math.nan
            allowed = math.hypot(ROUNDING, SURE * sem)
            numbers = (published, row["value"], sem, allowed)
            found.append(Comparison(row["dataset"], name, math.nan, "", *numbers, REASON))
    return found
