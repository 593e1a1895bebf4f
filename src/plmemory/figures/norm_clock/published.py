"""Published exponents of a deep network on MNIST beside those of two layers.

arXiv:2505.13230 predicts the exponent gamma of the smallest error in the number of examples by the
product of those of the norm. For a convolutional network on MNIST it finds 0.60 for the product and
0.55 with an error of 0.09 for gamma itself. Ours is another, smaller network: agreement would
suggest that the exponents do not depend on the network.
"""

from __future__ import annotations

import math

import pandas as pd

from plmemory.figures.shared.comparison import Comparison

EXPONENTS = {
    "gamma_predicted": ("predicted exponent of the error (theirs: convolutional)", 0.60),
    "gamma": ("exponent of the error (theirs: convolutional)", 0.55),
}
ERROR = 0.09  # published, of gamma
SURE = 2.0  # standard errors
REASON = f"{SURE:g} standard errors, of theirs and of ours together"


def compare(table: pd.DataFrame) -> list[Comparison]:
    """Both exponents beside ours, with a tolerance of twice the errors of both."""
    found = []
    for row in table[table["exponent"].isin(list(EXPONENTS))].to_dict("records"):
        name, published = EXPONENTS[row["exponent"]]
        sem = row["value_sem"]
        allowed = SURE * math.hypot(ERROR, sem)
        numbers = (published, row["value"], sem, allowed)
        found.append(Comparison(row["dataset"], name, math.nan, "", *numbers, REASON))
    return found
