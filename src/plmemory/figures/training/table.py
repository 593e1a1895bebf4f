"""The recorded history of gradient descent on random patterns."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from plmemory.figures.shared.history import history


def build(models: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load and recorded epoch: means over the replicates."""
    return pd.DataFrame([row for model in models for row in history(model)])
