"""Pixels of the attractors with the largest basins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.summary import identity

STARTS = ("test", "random")
MOST = 24  # attractors for each load and kind of start
NEAREST = ("period", "nearest_train", "nearest_test")
UNTOLD = ("rank", "share", "share_sem", *NEAREST, "row", "column", "value")


def build(data: list[xr.Dataset], attractors: list[xr.Dataset]) -> pd.DataFrame:
    """One row per pixel of the first replicate's attractors; see ``draw``.

    The basin of an attractor is measured by the ``share`` of n starts of a kind that end in it,
    with the standard error of a binomial count. Equal counts keep the order of the catalogue. If no
    start settled, one row has only the number of starts.
    """
    shapes = {pool.attrs["dataset"]: pool.attrs["image_shape"] for pool in data}
    tables = []
    for result in attractors:
        shape = tuple(map(int, shapes[result.attrs["dataset"]]))
        first = result.isel(attractor=np.flatnonzero(result["attractor_replicate"].values == 0))
        load = {**identity(result), "P": result.attrs["patterns"]}
        for start in STARTS:
            kind = result["start"].values.tolist().index(start)
            n = int((result["trajectory_start"].values == kind).sum())
            counts = first["attractor_starts"].values[kind]
            order = np.argsort(-counts, kind="stable")[: min(MOST, np.count_nonzero(counts))]
            kind_of_start = {**load, "start": start, "n": n}
            if not len(order):
                tables.append(pd.DataFrame([kind_of_start | dict.fromkeys(UNTOLD, np.nan)]))
            for rank, place in enumerate(order, start=1):
                share = counts[place] / n
                told = {**kind_of_start, "rank": rank, "share": share}
                told["share_sem"] = np.sqrt(share * (1 - share) / n)
                tables.append(_pixels(first.isel(attractor=place), shape, told))
    return pd.concat(tables, ignore_index=True)


def _pixels(attractor: xr.Dataset, shape: tuple[int, ...], told: dict[str, Any]) -> pd.DataFrame:
    """The state of an attractor as an image of this ``shape`` (rows, columns)."""
    row, column = np.indices(shape)
    for name in NEAREST:
        told[name] = attractor[f"attractor_{name}"].item()
    state = attractor["attractor_state"].values
    return pd.DataFrame({**told, "row": row.ravel(), "column": column.ravel(), "value": state})
