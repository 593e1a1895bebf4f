"""Spin glass: how well the couplings are inferred."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from plmemory.figures.shared.summary import identity, mean_and_sem
from plmemory.networks.ising.couplings import coupling_cosine, reconstruction_error


def build(data: list[xr.Dataset], models: list[xr.Dataset]) -> pd.DataFrame:
    """One row per data set, rule and load; the target J/(lambda T) is the limit of many samples."""
    nature = {dataset.attrs["dataset"]: dataset for dataset in data}
    found = []
    for model in models:
        of = nature[model.attrs["dataset"]]
        reduced = of.attrs["sample_temperature"] * model.attrs["inverse_temperature"]
        couplings, true = model["couplings"].values, of["couplings"].values
        row = {
            "dataset": model.attrs["dataset"],
            **identity(model),
            "P": model.attrs["patterns"],
            **of.attrs["described"]["columns"],
            "draws": len(couplings),
        }
        measured = {
            "gamma": reconstruction_error(couplings, true / reduced),
            "R": coupling_cosine(couplings, true),
        }
        for name, values in measured.items():
            row[name], row[f"{name}_sem"] = mean_and_sem(values)
        found.append(row)
    return pd.DataFrame(found)
