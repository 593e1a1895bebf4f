"""Spin glass: how well the couplings are inferred, and the energies that the dynamics reaches."""

from __future__ import annotations

import math

import pandas as pd
import xarray as xr

from plmemory.figures.shared.summary import identity, mean_and_sem

STARTS = ["train", "test", "random"]


def build(attractors: list[xr.Dataset]) -> pd.DataFrame:
    """One row per load and start; energies per site under the true couplings."""
    found = []
    for result in attractors:
        kinds = list(result["start"].values)
        trained = math.isfinite(result.attrs["patterns"])
        common = {
            **identity(result),
            "P": result.attrs["patterns"],
            **result.attrs["described"]["columns"],
        }
        for name, column in (("gamma", "gamma"), ("R", "cosine")):
            common[name], common[f"{name}_sem"] = mean_and_sem(result[column])
        energies = {
            start: result["trajectory_energy"].values[
                :, result["trajectory_start"].values == kinds.index(start)
            ]
            for start in STARTS
            if trained or start != "train"
        }
        energies["sample"] = result["sample_energy"].values
        for start, values in energies.items():
            energy, sem = mean_and_sem(values)
            found.append({**common, "start": start, "energy": energy, "energy_sem": sem})
    return pd.DataFrame(found)
