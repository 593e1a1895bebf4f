"""Overlaps of training and unseen patterns and hidden features over load and density."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.summary import identity, mean_and_sem


def build(retained: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load, density, start and number of steps; see ``draw``."""
    rows = []
    for result in retained:
        densities = result["density"].values
        for density in np.unique(densities):
            mine = result.isel(replicate=densities == density)
            for start in mine["start"].values:
                states = int(mine["states"].sel(start=start).sum())
                for steps in mine["steps"].values:
                    overlap, sem = mean_and_sem(mine["overlap"].sel(start=start, steps=steps))
                    rows.append(
                        {
                            "dataset": mine.attrs["dataset"],
                            **identity(mine),
                            "P": mine.attrs["patterns"],
                            "alpha_D": float(density),
                            "start": str(start),
                            "steps": int(steps),
                            "overlap": overlap,
                            "overlap_sem": sem,
                            "draws": mine.sizes["replicate"],
                            "n": states,
                        }
                    )
    return pd.DataFrame(rows)
