"""Final against initial overlap of training and unseen examples, by load."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from plmemory.figures.shared.completed import rows


def build(completion: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load, kind of example and initial overlap; see ``draw``."""
    return pd.DataFrame([row for result in completion for row in rows(result)])
