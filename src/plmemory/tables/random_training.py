"""The recorded history of gradient descent on random patterns."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from plmemory.tables.summary import identity

PREFIX = "history_"


def build(models: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load and recorded epoch: means over the replicates."""
    tables = []
    for model in models:
        history = model[[name for name in model.data_vars if str(name).startswith(PREFIX)]]
        frame = history.mean("replicate").to_dataframe().reset_index(drop=True)
        frame.columns = [str(name).removeprefix(PREFIX) for name in frame.columns]
        tables.append(frame.assign(**identity(model)))
    return pd.concat(tables, ignore_index=True)
