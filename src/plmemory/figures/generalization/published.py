"""Published final overlaps beside ours, from a table of generalisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from plmemory.figures.shared.comparison import Comparison


def compare(table: pd.DataFrame) -> list[Comparison]:
    """Every published number of the table beside ours.

    A number at a load between two of ours is compared with the straight line between them on a
    logarithmic scale; ours is NaN where no result of this configuration corresponds.
    """
    usual = table[table["dynamics"] == "synchronous"]
    found = []
    for published in usual[usual["source"] == "published"].to_dict("records"):
        ours, sem = _ours(usual, published) if published["comparable"] else (np.nan, np.nan)
        found.append(
            Comparison(
                published["dataset"],
                "final overlap",
                published["alpha"],
                published["start"],
                published["overlap"],
                ours,
                sem,
                published["tolerance"],
            )
        )
    return found


def _ours(table: pd.DataFrame, published: Mapping[Any, Any]) -> tuple[float, float]:
    """Our overlap and its standard error at the published load.

    The limit of infinitely many patterns is a rule of its own; it belongs to all others.
    """
    same = (table["source"] == "ours") & (table["dataset"] == published["dataset"])
    same &= table["start"] == published["start"]
    same &= (table["rule"] == published["rule"]) | np.isposinf(table["alpha"])
    curve, at = table[same].sort_values("alpha"), published["alpha"]
    loads = curve["alpha"].to_numpy()
    exact = np.isclose(loads, at, rtol=0.03)
    if exact.any():
        row = curve[exact].iloc[0]
        return row["overlap"], row["overlap_sem"]
    finite = curve[np.isfinite(loads)]
    if finite.empty or not finite["alpha"].min() < at < finite["alpha"].max():
        return np.nan, np.nan
    place, grid = np.log(at), np.log(finite["alpha"])
    overlap = float(np.interp(place, grid, finite["overlap"]))
    return overlap, float(np.interp(place, grid, finite["overlap_sem"]))
