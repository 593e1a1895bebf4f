"""Mean, width and smallest of the stabilities, measured and exact."""

from __future__ import annotations

import math

import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import distribution, lines
from plmemory.figures.shared.summary import identity, mean_and_sem


def build(storage: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule and load, and rows of theory between."""
    rows = []
    for result in storage:
        row = {**identity(result), "b": result.attrs["b"]}
        for name in ("mean", "std", "min"):
            row[name], row[f"{name}_sem"] = mean_and_sem(result[f"{name}_stability"])
        exact = distribution(result.attrs)
        row["theory_mean"] = math.nan if exact is None else exact.mean
        row["theory_std"] = math.nan if exact is None else exact.std
        rows.append(row)
    between = [
        columns | {"theory_mean": exact.mean, "theory_std": exact.std}
        for columns, exact in lines(storage)
    ]
    return pd.DataFrame(rows + between)
