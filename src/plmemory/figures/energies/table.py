"""Spin glass: energies after the dynamics, with the true and with the learnt couplings."""

from __future__ import annotations

import math

import pandas as pd
import xarray as xr

from plmemory.figures.shared.summary import identity, mean_and_sem

STARTS = ("train", "test", "random", "ground")
UNRELAXED = ("sample", "lowest")
COLUMNS = ("energy", "learnt_energy")


def build(attractors: list[xr.Dataset]) -> pd.DataFrame:
    """One row per data set, rule, load and start; true couplings have no training starts."""
    found = []
    for result in attractors:
        kinds = list(result["start"].values)
        trained = math.isfinite(result.attrs["patterns"])
        common = {
            "dataset": result.attrs["dataset"],
            **identity(result),
            "P": result.attrs["patterns"],
            **result.attrs["described"]["columns"],
            "draws": result.sizes["replicate"],
        }
        for start in STARTS[not trained :] + UNRELAXED:
            row = {**common, "start": start}
            for column in COLUMNS:
                if start in UNRELAXED:
                    values = result[f"{start}_{column}"].values
                else:
                    chosen = result["trajectory_start"].values == kinds.index(start)
                    values = result[f"trajectory_{column}"].values[:, chosen]
                row[column], row[f"{column}_sem"] = mean_and_sem(values)
            found.append(row)
    return pd.DataFrame(found)
