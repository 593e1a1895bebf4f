"""Published ends of the lines of the phase diagram beside ours."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from plmemory.figures.shared.comparison import Comparison

NAME = "vectors"
END = 1.0  # d T at which retrieval ends for small loads, for every d
TOLERANCE = 1e-2
REASON = "error of the straight line to the end of a computed curve"


def compare(table: pd.DataFrame) -> list[Comparison]:
    """The end of each spinodal, by a straight line through its last two computed points.

    The load vanishes as (1 - d T)^2, so its square root is linear.
    """
    found = []
    spinodals = table[(table["line"] == "spinodal") & (table["alpha_d"] > 0)]
    for dimension, rows in spinodals.groupby("d"):
        last = rows.sort_values("temperature").tail(2)
        load, temperature = np.sqrt(last["alpha_d"].to_numpy()), last["temperature"].to_numpy()
        slope = (temperature[1] - temperature[0]) / (load[1] - load[0])
        ours = float(temperature[1] - slope * load[1])
        name = f"temperature dT where retrieval ends, d = {dimension:g}"
        found.append(Comparison(NAME, name, math.nan, "", END, ours, 0.0, TOLERANCE, REASON))
    return found
