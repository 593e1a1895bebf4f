"""Means and standard errors over replicates, and the identity that each result carries."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import xarray as xr


def mean_and_sem(values: xr.DataArray | np.ndarray) -> tuple[float, float]:
    """Mean of (replicate, ...) values and its standard error.

    States of one replicate share its couplings, so only the means of replicates are independent.
    For a single replicate the error is from the spread of its states. NaNs are left out.
    """
    samples = np.asarray(values, dtype=np.float64).reshape(len(values), -1)
    measured = [row[~np.isnan(row)] for row in samples]
    means = np.array([row.mean() for row in measured if row.size])
    independent = means if len(samples) > 1 else measured[0]
    if not independent.size:
        return math.nan, math.nan
    if independent.size < 2:
        return float(independent.mean()), math.nan
    sem = independent.std(ddof=1) / math.sqrt(independent.size)
    return float(independent.mean()), float(sem)


def over_all_replicates(values: xr.DataArray | np.ndarray) -> tuple[float, float]:
    """Mean and standard error over replicates; NaN unless all of them have a number.

    Some may have no critical overlap: a mean over the others would be biased.
    """
    return (math.nan, math.nan) if np.isnan(values).any() else mean_and_sem(values)


def identity(result: xr.Dataset) -> dict[str, Any]:
    """The columns that identify a result: rule and load, and whether it converged."""
    return {
        "rule": result.attrs["rule"],
        "alpha": result.attrs["alpha"],
        "converged": bool(result.attrs["converged"]),
    }
