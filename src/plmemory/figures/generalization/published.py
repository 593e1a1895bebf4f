"""Published final overlaps beside ours, from a table of generalisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from plmemory.figures.shared.comparison import Comparison
from plmemory.figures.shared.draws import OWN, PUBLISHED, reason, tolerance

# As defined by the data set (datasets.<kind>.published).
TOLD = "scatter among instances, and loads and values read from a plot"
COLUMNS = ("overlap", "overlap_sem", "draws")


def compare(table: pd.DataFrame) -> list[Comparison]:
    """Every published number of the table beside ours.

    A number at a load between two of ours is compared with the linear interpolation between them on
    a logarithmic scale; ours is NaN if no result of this configuration corresponds. A number from a
    published draw of examples is compared with ours from this draw; its tolerance is that of a
    single draw (``shared.draws.tolerance``). Other numbers have the tolerance of their table.
    """
    usual = table[table["dynamics"] == "synchronous"]
    found = []
    for published in usual[usual["source"] == "published"].to_dict("records"):
        ours = sem = np.nan
        rounding = allowed = published["tolerance"]
        drawn = published["draw"] == PUBLISHED
        if published["comparable"]:
            ours, sem, _ = _ours(usual, published)
            if drawn:
                _, *own = _ours(usual, published | {"draw": OWN})
                sem, allowed = tolerance(rounding, *own, least=sem)
        found.append(
            Comparison(
                published["dataset"],
                "final overlap",
                published["alpha"],
                published["start"],
                published["overlap"],
                ours,
                sem,
                allowed,
                reason(rounding, allowed) if drawn else TOLD,
            )
        )
    return found


def _ours(table: pd.DataFrame, published: Mapping[Any, Any]) -> tuple[float, float, float]:
    """Our overlap, its standard error and the number of draws, at the load and draw published.

    The limit of infinitely many patterns is a separate rule; it belongs to all others.
    """
    same = (table["source"] == "ours") & (table["dataset"] == published["dataset"])
    same &= (table["start"] == published["start"]) & (table["draw"] == published["draw"])
    same &= (table["rule"] == published["rule"]) | np.isposinf(table["alpha"])
    curve, at = table[same].sort_values("alpha"), published["alpha"]
    loads = curve["alpha"].to_numpy()
    exact = np.isclose(loads, at, rtol=0.04)
    if exact.any():
        overlap, sem, draws = curve[exact].iloc[0][list(COLUMNS)]
        return overlap, sem, draws
    finite = curve[np.isfinite(loads)]
    if finite.empty or not finite["alpha"].min() < at < finite["alpha"].max():
        return np.nan, np.nan, np.nan
    place, grid = np.log(at), np.log(finite["alpha"])
    overlap, sem, draws = (float(np.interp(place, grid, finite[name])) for name in COLUMNS)
    return overlap, sem, draws
