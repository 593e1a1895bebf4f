"""Final overlaps of learning rules for vectors, by load and initial overlap."""

from __future__ import annotations

import math

import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import known_of
from plmemory.figures.shared.retrieved import retrieved
from plmemory.figures.shared.summary import identity, mean_and_sem


def build(overlaps: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load and initial overlap; see ``draw``."""
    rows = []
    for result in overlaps:
        dimension = result.attrs["described"]["columns"]["d"]
        known = known_of(result.attrs, "vector_capacity")
        capacity = math.nan if known is None else known(dimension)
        for place, initial in enumerate(result["initial_overlap"].values):
            at = result.isel(initial_overlap=place)
            first, sem = mean_and_sem(at["overlap"].isel(time=1))
            rows.append(
                {
                    "d": dimension,
                    **identity(result),
                    "initial_overlap": initial,
                    **retrieved(at["final_overlap"]),
                    "one_step_overlap": first,
                    "one_step_overlap_sem": sem,
                    "capacity": capacity,
                }
            )
    return pd.DataFrame(rows)
