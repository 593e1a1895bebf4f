"""Memorised, spurious and generalised final states of memories, of all measured kinds."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from plmemory.figures.shared.memorised import rows


def build(memorisation: list[xr.Dataset]) -> pd.DataFrame:
    """One row per memory, kind of final states, criterion and number of examples."""
    return pd.DataFrame([row for result in memorisation for row in rows(result)])
