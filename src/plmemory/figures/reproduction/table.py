"""Every published number beside ours, with its standard error and whether they agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from plmemory.figures.shared.published import (
    MNIST_OVERLAPS,
    SPIN_GLASS_OVERLAPS,
    SPIN_GLASS_SIDE,
    SPIN_GLASS_TEMPERATURE,
)

# Deviation allowed of each kind of published number, from the precision to which it is printed or
# can be read, and from what its protocol leaves open (see docs/found.md).
STATISTICS_TOLERANCE = 1e-6
CLASS_TOLERANCE = 5e-5
MNIST_TOLERANCE = 0.04
MNIST_TOLERANCE_SMALL_LOADS = 0.06
MNIST_TOLERANCE_RANDOM = 0.05
SPIN_GLASS_TOLERANCE = 0.03
SPIN_GLASS_TOLERANCE_TRUE = 0.015


def build(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """One row a published number; see figures/reproduction.py.

    ``tables``: those of mnist_statistics, mnist_generalization and spin_glass_generalization. A
    number at a load between two of ours is compared with the straight line between them
    on a logarithmic scale; ours is NaN where no result of this configuration corresponds.
    """
    statistics, mnist, spin_glass = tables
    reached = (spin_glass["L"] == SPIN_GLASS_SIDE) & (spin_glass["T"] == SPIN_GLASS_TEMPERATURE)
    reached &= spin_glass["dynamics"] == "synchronous"
    rows = _statistics(statistics)
    for name, published, table in (
        ("mnist", MNIST_OVERLAPS, mnist),
        ("spin_glass", SPIN_GLASS_OVERLAPS, spin_glass[reached]),
    ):
        for (load, start), overlap in published.items():
            ours, sem = _ours(table, load, start)
            tolerance = _tolerance(name, load, start)
            rows.append(_row(name, "final overlap", load, start, overlap, ours, sem, tolerance))
    return pd.DataFrame(rows)


def _statistics(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for _, published in table[table["source"] == "published"].iterrows():
        quantity, digit = published["quantity"], published["digit_a"]
        same = (table["source"] == "ours") & (table["quantity"] == quantity)
        name = "mean pair overlap"
        if quantity == "class_overlap":
            same &= (table["digit_a"] == digit) & (table["digit_b"] == digit)
            name = f"overlap within digit {int(digit)}"
        tolerance = CLASS_TOLERANCE if quantity == "class_overlap" else STATISTICS_TOLERANCE
        ours = table.loc[same, "value"].item()
        # The whole training set is counted: there is no statistical error.
        rows.append(_row("mnist", name, np.nan, "", published["value"], ours, 0.0, tolerance))
    return rows


def _ours(table: pd.DataFrame, at: float, start: str) -> tuple[float, float]:
    """The overlap of pseudo-likelihood and its standard error at the published load."""
    same = (table["source"] == "ours") & (table["rule"] == "pl") & (table["start"] == start)
    curve = table[same].sort_values("alpha")
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


def _tolerance(name: str, load: float, start: str) -> float:
    if name == "spin_glass":
        return SPIN_GLASS_TOLERANCE_TRUE if np.isinf(load) else SPIN_GLASS_TOLERANCE
    if start == "random":
        return MNIST_TOLERANCE_RANDOM
    return MNIST_TOLERANCE if load >= 1 else MNIST_TOLERANCE_SMALL_LOADS


def _row(
    dataset: str,
    quantity: str,
    alpha: float,
    start: str,
    published: float,
    ours: float,
    sem: float,
    tolerance: float,
) -> dict[str, Any]:
    return {
        "dataset": dataset,
        "quantity": quantity,
        "alpha": alpha,
        "start": start,
        "published": published,
        "ours": ours,
        "ours_sem": sem,
        "tolerance": tolerance,
        "agrees": "" if np.isnan(ours) else bool(abs(ours - published) <= tolerance),
    }
