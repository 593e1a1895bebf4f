"""The recorded history of gradient descent on random patterns, and the optima it passes by."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import xarray as xr

from plmemory.figures.shared.summary import identity, over_all_replicates
from plmemory.theory.basins import basin_boundary
from plmemory.theory.fixed_norm import pseudo_likelihood
from plmemory.theory.stabilities import CAPACITY, gardner_stability

PREFIX = "history_"
BOUNDARIES = ("critical_overlap", "half_overlap")


def build(models: list[xr.Dataset], storage: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load and recorded epoch: means over the replicates.

    ``b`` is the inverse temperature times the mean norm of a row. Rules without a history have
    one row without an epoch: the optimum at fixed norm, and maximum stability, where b is
    infinite. The theory is that of the optimum at this norm, which the training approaches from
    the side of Hebb's rule; it is for couplings whose rows are independent.
    """
    rows = [row for model in models for row in _history(model)]
    told = {row["rule"] for row in rows}
    rows += [_optimum(result) for result in storage if result.attrs["rule"] not in told]
    return pd.DataFrame(rows)


def _history(model: xr.Dataset) -> list[dict[str, Any]]:
    names = [str(name) for name in model.data_vars if str(name).startswith(PREFIX)]
    rows = []
    for record in range(model.sizes.get("record", 0)):
        at = model.isel(record=record)
        row = identity(model)
        for name in names:
            row[name.removeprefix(PREFIX)] = over_all_replicates(at[name].values.ravel())[0]
        for name in BOUNDARIES:
            row[f"{name}_sem"] = over_all_replicates(at[f"{PREFIX}{name}"])[1]
        row["b"] = model.attrs["inverse_temperature"] * row["norm"]
        rows.append(row | _theory(model, row["b"]))
    return rows


def _optimum(result: xr.Dataset) -> dict[str, Any]:
    row = identity(result)
    for name in ("mean_stability", "min_stability", "asymmetry", *BOUNDARIES):
        row[name], row[f"{name}_sem"] = over_all_replicates(result[name])
    # Every rule here has a place on the path: one without a norm is its end.
    row["b"] = result.attrs["b"] if math.isfinite(result.attrs["b"]) else math.inf
    return row | _theory(result, row["b"])


def _theory(result: xr.Dataset, b: float) -> dict[str, float]:
    independent = "independent" in result.attrs["described"]["provides"]
    if result.attrs["symmetric"] or not (independent and 0 < b < math.inf):
        return {}
    alpha = result.attrs["alpha"]
    exact = pseudo_likelihood(alpha, b)
    return {
        "mean_stability_theory": exact.mean,
        "half_overlap_theory": basin_boundary(exact),
        "margin_theory": gardner_stability(alpha) if alpha < CAPACITY else math.nan,
    }
