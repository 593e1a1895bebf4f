"""Final states of corrupted unseen examples, by load."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from plmemory.figures.shared.completed import rows


def build(completion: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load and initial overlap of unseen examples; see ``draw``."""
    found = [row for result in completion for row in rows(result)]
    return pd.DataFrame([row for row in found if row["start"] == "test"])
