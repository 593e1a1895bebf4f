"""All memories by one measurement of their typical final states."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from plmemory.figures.shared.memorised import rows


def build(memorisation: list[xr.Dataset]) -> pd.DataFrame:
    """One row per memory, start and number of examples.

    For denoisers, samples at the smallest noise are used. All are classified by distance, which
    needs no knowledge of the memory.
    """
    found = pd.DataFrame([row for result in memorisation for row in rows(result)])
    found = found[(found["criterion"] == "distance") & (found["dynamics"] != "attractor")]
    smallest = found.groupby("memory")["sigma"].transform("min")
    return found[found["sigma"].isna() | (found["sigma"] == smallest)].reset_index(drop=True)
