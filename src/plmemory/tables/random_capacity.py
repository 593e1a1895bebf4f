"""How many patterns and sites are stable, by rule and load, beside the exact capacities."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.tables.exact import distribution
from plmemory.tables.summary import identity, mean_and_sem
from plmemory.theory.hopfield import hopfield_capacity, hopfield_overlap
from plmemory.theory.stabilities import CAPACITY

MEASURED = ("fixed_point_fraction", "stable_site_fraction", "final_overlap")


def build(storage: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule and load; see figures/random_capacity.py."""
    capacities = {
        "hebb": hopfield_capacity()[0],
        "pseudo_inverse": 1.0,
        "maximum_stability": CAPACITY,
        "pseudo_likelihood": CAPACITY,
        "pseudo_likelihood_optimum": CAPACITY,
    }
    rows = []
    for result in storage:
        method, alpha = result.attrs["method"], result.attrs["alpha"]
        # The capacities are those of independent rows; tied couplings have others.
        capacity = math.nan if result.attrs["symmetric"] else capacities.get(method, math.nan)
        row = {**identity(result), "capacity": capacity}
        for name in MEASURED:
            row[name], row[f"{name}_sem"] = mean_and_sem(result[name])
        exact = distribution(result.attrs)
        row["stable_site_fraction_theory"] = (
            math.nan if exact is None else 1 - float(exact.cdf(np.zeros(1))[0])
        )
        row["final_overlap_theory"] = hopfield_overlap(alpha) if method == "hebb" else math.nan
        rows.append(row)
    return pd.DataFrame(rows)
