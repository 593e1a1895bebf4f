"""Final overlaps of vector networks against load and dimension, beside replica theory."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import known_of
from plmemory.figures.shared.retrieved import retrieved
from plmemory.figures.shared.summary import identity
from plmemory.theory.vectors import capacity

DIMENSIONS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 16, 20, 25, 32, 40, 50, 63, 80, 100)
LOADS = 30  # of a line of theory, up to the capacity
LEAST = 0.2  # of the capacity, where the line begins


def build(overlaps: list[xr.Dataset]) -> pd.DataFrame:
    """One row per dimension and load, rows of theory between, and capacities by dimension.

    With several initial overlaps the largest is used.
    """
    rows: list[dict[str, Any]] = [{"d": d, "capacity_d": d * capacity(d).alpha} for d in DIMENSIONS]
    lines: dict[int, dict[str, Any]] = {}
    for result in overlaps:
        dimension = result.attrs["described"]["columns"]["d"]
        common = {"dataset": result.attrs["dataset"], "d": dimension, **identity(result)}
        final = result.isel(initial_overlap=int(result["initial_overlap"].values.argmax()))
        known = known_of(result.attrs, "vector_state")
        theory = math.nan if known is None else _overlap(known, common["alpha"], dimension)
        rows.append(common | retrieved(final["final_overlap"]) | {"theory": theory})
        if known is not None:
            limit = known_of(result.attrs, "vector_capacity")
            assert limit is not None
            line = {"dataset": common["dataset"], "rule": common["rule"], "known": known}
            lines[dimension] = line | {"limit": limit(dimension)}
    for dimension, line in lines.items():
        known, limit = line.pop("known"), line.pop("limit")
        # Denser towards the capacity, where the line ends as a square root.
        fractions = 1 - (1 - LEAST) * np.linspace(1, 0, LOADS) ** 2
        for alpha in fractions * limit * (1 - 1e-9):
            theory = _overlap(known, float(alpha), dimension)
            rows.append({**line, "d": dimension, "alpha": alpha, "theory": theory})
    return pd.DataFrame(rows)


def _overlap(known: Any, alpha: float, dimension: int) -> float:
    state = known(alpha, dimension)
    return 0.0 if state is None else state.overlap
