"""The recorded history of the training of a model."""

from __future__ import annotations

from typing import Any

import xarray as xr

from plmemory.figures.shared.summary import identity, over_all_replicates

PREFIX = "history_"
BOUNDARIES = ("critical_overlap", "half_overlap")


def history(model: xr.Dataset) -> list[dict[str, Any]]:
    """A row for each recorded epoch, if the model has a history: means over the replicates.

    ``b`` is the inverse temperature times the mean norm of a row. NaN if it is missing in a
    replicate.
    """
    names = [str(name) for name in model.data_vars if str(name).startswith(PREFIX)]
    rows = []
    for record in range(model.sizes.get("record", 0)):
        at = model.isel(record=record)
        row = identity(model)
        for name in names:
            row[name.removeprefix(PREFIX)] = over_all_replicates(at[name].values.ravel())[0]
        for name in BOUNDARIES:
            row[f"{name}_sem"] = over_all_replicates(at[f"{PREFIX}{name}"])[1]
        rows.append(row | {"b": model.attrs["inverse_temperature"] * row["norm"]})
    return rows
