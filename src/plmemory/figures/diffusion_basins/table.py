"""Largest noises from which denoisers return, by type of state, and the theoretical limit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.summary import mean_and_sem
from plmemory.theory.denoising import critical_sigma


def build(noise_basins: list[xr.Dataset]) -> pd.DataFrame:
    """One row per data set, memory, type of state that there is, and number of examples."""
    return pd.DataFrame([row for result in noise_basins for row in _rows(result)])


def _rows(result: xr.Dataset) -> Iterator[dict[str, Any]]:
    count, sites = result.attrs["patterns"], result.attrs["sites"]
    independent = "independent" in result.attrs["described"]["provides"]
    common = {
        "dataset": result.attrs["dataset"],
        "memory": result.attrs["rule"],
        "K": count,
        "critical_sigma": critical_sigma(math.log(count) / sites) if independent else math.nan,
        "draws": result.sizes["replicate"],
    }
    for place, name in enumerate(result["type"].values.tolist()):
        basins = result["basin"].isel(type=place).values
        if np.isfinite(basins).any():
            sigma, sem = mean_and_sem(basins)
            told = {"sigma": sigma, "sigma_sem": sem, "states": int(np.isfinite(basins).sum())}
            yield common | {"type": name} | told
