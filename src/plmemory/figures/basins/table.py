"""The smallest initial overlap from which patterns are retrieved, by rule and load."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import distribution, lines
from plmemory.figures.shared.summary import identity, over_all_replicates
from plmemory.theory.basins import basin_boundary

OBJECTIVE = "pseudo-likelihood"  # of the reference rules


def build(storage: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule and load, and rows of theory between; see ``draw``.

    NaN if a replicate does not store the patterns themselves. ``first_step_theory`` is exact for
    the first step, and for diluted networks. ``excess`` is over the pseudo-likelihood rule of the
    lowest mean at the same load (NaN if there is none), as the mean of paired differences of
    replicates: all rules learn the same patterns and get the same corruptions of them.
    """
    best = _best(storage)
    rows = []
    for result in storage:
        critical, sem = over_all_replicates(result["critical_overlap"])
        half, half_sem = over_all_replicates(result["half_overlap"])
        lowest = best.get(result.attrs["alpha"], np.nan)
        excess, excess_sem = over_all_replicates(result["half_overlap"].values - lowest)
        exact = distribution(result.attrs)
        rows.append(
            {
                **identity(result),
                "objective": result.attrs["objective"],
                "b": result.attrs["b"],
                "critical_overlap": critical,
                "critical_overlap_sem": sem,
                "half_overlap": half,
                "half_overlap_sem": half_sem,
                "excess": excess,
                "excess_sem": excess_sem,
                "first_step_theory": math.nan if exact is None else basin_boundary(exact),
            }
        )
    between = [
        columns | {"first_step_theory": basin_boundary(exact)} for columns, exact in lines(storage)
    ]
    return pd.DataFrame(rows + between)


def _best(storage: list[xr.Dataset]) -> dict[float, np.ndarray]:
    """Half overlaps (replicate,) of the pseudo-likelihood rule of lowest mean, by load."""
    best: dict[float, np.ndarray] = {}
    for result in storage:
        if result.attrs["objective"] == OBJECTIVE:
            alpha, half = result.attrs["alpha"], result["half_overlap"].values
            if half.mean() < best.get(alpha, np.array(np.inf)).mean():
                best[alpha] = half
    return best
