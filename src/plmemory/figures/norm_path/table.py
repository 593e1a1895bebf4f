"""Descents by the norm that they have reached, and the optima at fixed norm."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.history import BOUNDARIES, history
from plmemory.figures.shared.summary import identity, over_all_replicates
from plmemory.theory.basins import basin_boundary
from plmemory.theory.distribution import StabilityDistribution
from plmemory.theory.fixed_norm import pseudo_likelihood
from plmemory.theory.stabilities import CAPACITY, gardner_stability


def build(models: list[xr.Dataset], storage: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load and recorded epoch, or one of a rule without a history; see ``draw``.

    The latter are the optima at fixed norm and, for infinite b, maximum stability. The theory is
    that of the optimum at this norm, which descent approaches from the side of Hebb's rule; it
    holds for couplings with independent rows.
    """
    rows = []
    for model in models:
        rows += [row | _theory(model, row["b"]) for row in history(model)]
    told = {row["rule"] for row in rows}
    rows += [_optimum(result) for result in storage if result.attrs["rule"] not in told]
    return pd.DataFrame(rows)


def smallest(exact: StabilityDistribution, count: float) -> float:
    """Median of the smallest of ``count`` independent stabilities.

    All are above it with probability one half: (1 - F)^count = 1/2.
    """
    return float(exact.quantile(np.array(-math.expm1(-math.log(2) / count))))


def _optimum(result: xr.Dataset) -> dict[str, Any]:
    row = identity(result)
    for name in ("mean_stability", "min_stability", "asymmetry", *BOUNDARIES):
        row[name], row[f"{name}_sem"] = over_all_replicates(result[name])
    # Every rule here has a place on the path: a rule without a norm is its end.
    row["b"] = result.attrs["b"] if math.isfinite(result.attrs["b"]) else math.inf
    return row | _theory(result, row["b"])


def _theory(result: xr.Dataset, b: float) -> dict[str, float]:
    independent = "independent" in result.attrs["described"]["provides"]
    if result.attrs["symmetric"] or not (independent and 0 < b < math.inf):
        return {}
    alpha, patterns = result.attrs["alpha"], result.attrs["patterns"]
    exact = pseudo_likelihood(alpha, b)
    return {
        "mean_stability_theory": exact.mean,
        "min_stability_theory": smallest(exact, patterns * patterns / alpha),
        "half_overlap_theory": basin_boundary(exact),
        "margin_theory": gardner_stability(alpha) if alpha < CAPACITY else math.nan,
    }
