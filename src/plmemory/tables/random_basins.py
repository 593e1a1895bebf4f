"""The smallest initial overlap from which patterns are retrieved, by rule and load."""

from __future__ import annotations

import math

import pandas as pd
import xarray as xr

from plmemory.tables.exact import distribution
from plmemory.tables.summary import identity, mean_and_sem
from plmemory.theory.basins import basin_boundary


def build(storage: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule and load; see figures/random_basins.py.

    NaN where the patterns themselves are not kept. ``first_step_theory`` is exact for the first
    step only, and so a lower bound.
    """
    rows = []
    for result in storage:
        critical, sem = mean_and_sem(result["critical_overlap"])
        exact = distribution(result)
        rows.append(
            {
                **identity(result),
                "b": result.attrs["b"],
                "critical_overlap": critical,
                "critical_overlap_sem": sem,
                "first_step_theory": math.nan if exact is None else basin_boundary(exact),
            }
        )
    return pd.DataFrame(rows)
