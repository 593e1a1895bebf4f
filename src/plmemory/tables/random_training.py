"""The recorded history of gradient descent on random patterns, with theory along its path."""

from __future__ import annotations

import math

import pandas as pd
import xarray as xr

from plmemory.tables.summary import identity, mean_and_sem
from plmemory.theory.basins import basin_boundary
from plmemory.theory.fixed_norm import pseudo_likelihood
from plmemory.theory.stabilities import CAPACITY, gardner_stability

PREFIX = "history_"


def build(models: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load and recorded epoch: means over the replicates.

    ``b`` is the inverse temperature times the mean norm of a row. The theory is that of the
    optimum at this norm, which the training approaches from the side of Hebb's rule; it is
    for couplings whose rows are independent.
    """
    rows = []
    for model in models:
        alpha = model.attrs["alpha"]
        margin = gardner_stability(alpha) if alpha < CAPACITY else math.nan
        for record in range(model.sizes["record"]):
            at = model.isel(record=record)
            row = identity(model)
            for name in at.data_vars:
                if str(name).startswith(PREFIX):
                    row[str(name).removeprefix(PREFIX)] = mean_and_sem(at[name].values.ravel())[0]
            row["critical_overlap_sem"] = mean_and_sem(at[f"{PREFIX}critical_overlap"])[1]
            row["b"] = model.attrs["inverse_temperature"] * row["norm"]
            if not model.attrs["symmetric"] and row["b"] > 0:
                exact = pseudo_likelihood(alpha, row["b"])
                row["mean_stability_theory"] = exact.mean
                row["critical_overlap_theory"] = basin_boundary(exact)
                row["margin_theory"] = margin
            rows.append(row)
    return pd.DataFrame(rows)
