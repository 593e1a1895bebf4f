"""Asymmetric against symmetric couplings: basins, stabilities, fixed points and cycles."""

from __future__ import annotations

import math

import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import distribution
from plmemory.figures.shared.summary import identity, over_all_replicates

QUANTITIES = {
    "half_overlap": "half_overlap",
    "critical_overlap": "critical_overlap",
    "mean_stability": "mean_stability",
    "min_stability": "min_stability",
    "asymmetry": "asymmetry",
    "fixed_point_fraction": "random_fixed_fraction",
    "cycle_fraction": "random_cycle_fraction",
    "unsettled_fraction": "random_unsettled_fraction",
    "steps": "random_steps",
}


def build(storage: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load and quantity; see ``draw``.

    The fractions and the steps are those of random starts.
    """
    rows = []
    for result in storage:
        exact = distribution(result.attrs)
        theory = {} if exact is None else {"mean_stability": exact.mean}
        for quantity, measured in QUANTITIES.items():
            value, sem = over_all_replicates(result[measured])
            rows.append(
                {
                    **identity(result),
                    "quantity": quantity,
                    "value": value,
                    "value_sem": sem,
                    "value_theory": theory.get(quantity, math.nan),
                }
            )
    return pd.DataFrame(rows)
