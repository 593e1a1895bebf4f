"""All memories by one measurement: of each the final states that it is known by."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from plmemory.figures.shared.memorised import rows


def build(memorisation: list[xr.Dataset]) -> pd.DataFrame:
    """One row per memory, start and number of examples.

    Of a memory that takes noise away the samples at the smallest noise; all are told apart by
    distance, which needs no knowledge of the memory.
    """
    found = pd.DataFrame([row for result in memorisation for row in rows(result)])
    found = found[(found["criterion"] == "distance") & (found["dynamics"] != "attractor")]
    smallest = found.groupby("memory")["sigma"].transform("min")
    return found[found["sigma"].isna() | (found["sigma"] == smallest)].reset_index(drop=True)
