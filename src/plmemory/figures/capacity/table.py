"""How many patterns and sites are stable, by rule and load, beside the exact capacities."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import distribution, lines
from plmemory.figures.shared.summary import identity, mean_and_sem
from plmemory.theory.distribution import StabilityDistribution
from plmemory.theory.hopfield import hopfield_capacity, hopfield_overlap
from plmemory.theory.stabilities import CAPACITY

MEASURED = ("fixed_point_fraction", "stable_site_fraction", "final_overlap")
# Loads just below and above the end of retrieval, where the line of theory jumps.
JUMP = 1e-6


def build(storage: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule and load, and rows of theory between; see figures/random_capacity.py."""
    end_of_retrieval, _ = hopfield_capacity()
    capacities = {
        "hebb": end_of_retrieval,
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
        rows.append(row | _theory(distribution(result.attrs), alpha, method == "hebb"))
    hebb = {result.attrs["rule"] for result in storage if result.attrs["method"] == "hebb"}
    between = [
        columns | _theory(exact, columns["alpha"], columns["rule"] in hebb)
        for columns, exact in lines(storage)
    ]
    for rule in sorted(hebb):
        loads = [row["alpha"] for row in rows if row["rule"] == rule]
        between += [
            {"rule": rule, "alpha": alpha, "final_overlap_theory": hopfield_overlap(alpha)}
            for alpha in (end_of_retrieval * (1 - JUMP), end_of_retrieval * (1 + JUMP))
            if min(loads) < alpha < max(loads)
        ]
    return pd.DataFrame(rows + between)


def _theory(exact: StabilityDistribution | None, alpha: float, hebb: bool) -> dict[str, float]:
    """What is known of a rule at load ``alpha``, NaN for the rest."""
    stable = math.nan if exact is None else 1 - float(exact.cdf(np.zeros(1))[0])
    return {
        "stable_site_fraction_theory": stable,
        "final_overlap_theory": hopfield_overlap(alpha) if hebb else math.nan,
    }
