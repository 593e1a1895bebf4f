"""Published facts about the modes of vector networks beside our simulations."""

from __future__ import annotations

import math

import pandas as pd

from plmemory.figures.shared.comparison import Comparison
from plmemory.figures.shared.draws import DEVIATIONS

NAME = "vectors"
REASON = f"{DEVIATIONS} standard errors of ours; none if these allow anything"
EXPONENT = 0.5  # of the density of modes at minima from random states


def compare(table: pd.DataFrame) -> list[Comparison]:
    """The shift of the fields at memories and the exponent of soft modes, at the largest size."""
    largest = table[table["N"] == table.loc[table["N"] < math.inf, "N"].max()]
    found = []
    for row in largest[largest["quantity"] == "shift"].to_dict("records"):
        sem = row["length_sem"]
        name = f"shift of the fields, N = {row['N']:g}"
        found.append(
            Comparison(
                *(NAME, name, row["alpha"], "memory", row["theory"], row["length"]),
                *(sem, DEVIATIONS * sem, REASON),
            )
        )
    random = (largest["quantity"] == "exponent") & (largest["start"] == "random")
    for row in largest[random].to_dict("records"):
        sem = row["density_sem"]
        # With so few modes any exponent would agree, so there is no verdict.
        allowed = DEVIATIONS * sem if DEVIATIONS * sem < EXPONENT else math.nan
        name = f"exponent of the density of soft modes, N = {row['N']:g}"
        found.append(
            Comparison(
                *(NAME, name, row["alpha"], "random", EXPONENT, row["density"]),
                *(sem, allowed, REASON),
            )
        )
    return found
