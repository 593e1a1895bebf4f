"""Norm, direction and final overlaps of a training, by epoch."""

from __future__ import annotations

from typing import Any

import pandas as pd
import xarray as xr

from plmemory.figures.shared.draws import PUBLISHED, draws
from plmemory.figures.shared.published import of_dataset
from plmemory.figures.shared.summary import identity, mean_and_sem

QUANTITIES = {
    # column: what was measured
    "norm": "norm",
    "distance": "distance",
    "loss": "loss",
    "train": "train_overlap",
    "test": "test_overlap",
    "asymmetry": "asymmetry",
}


def build(learning_curve: list[xr.Dataset]) -> pd.DataFrame:
    """One row per run, load, draw and recorded epoch, ours and then published; see ``draw``."""
    rows = [row for result in learning_curve for row in _rows(result)]
    rows += [row for result in learning_curve for row in _published(result)]
    return pd.DataFrame(rows)


def _known(result: xr.Dataset) -> dict[str, Any]:
    row = identity(result)
    return {"dataset": result.attrs["dataset"], "run": row.pop("rule"), **row}


def _rows(result: xr.Dataset) -> list[dict[str, Any]]:
    known = _known(result) | {"source": "ours"}
    rows = []
    for draw, replicates in draws(result.attrs, result.sizes["replicate"]):
        drawn = result.isel(replicate=replicates)
        for record, epoch in enumerate(result["epoch"].values.tolist()):
            row = {**known, "draw": draw, "draws": drawn.sizes["replicate"], "epoch": epoch}
            for column, name in QUANTITIES.items():
                row[column], row[f"{column}_sem"] = mean_and_sem(drawn[name][record])
            rows.append(row)
    return rows


def _published(result: xr.Dataset) -> list[dict[str, Any]]:
    """Published values of the training with these settings and this number of examples."""
    published = of_dataset(result.attrs["described"]["kind"])
    rows = []
    for settings, epoch, values in getattr(published, "learning_curves", list)():
        if all(result.attrs.get(name) == value for name, value in settings.items()):
            row = {**_known(result), "source": "published", "draw": PUBLISHED, "epoch": epoch}
            for column, (value, rounding) in values.items():
                row[column], row[f"{column}_rounding"] = value, rounding
            rows.append(row)
    return rows
