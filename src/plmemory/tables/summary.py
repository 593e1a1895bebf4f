"""Means and standard errors over replicates, and the identity that each result carries."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr


def mean_and_sem(values: xr.DataArray | np.ndarray) -> tuple[float, float]:
    """Mean of (replicate, ...) values and its standard error.

    States of one replicate share its couplings, so the replicates' means are the independent
    measurements. A single replicate leaves only the spread of its states. NaNs are left out.
    """
    array = np.asarray(values, dtype=np.float64)
    samples = array.reshape(len(array), -1)
    means = np.nanmean(samples, axis=1) if len(samples) > 1 else samples[0][~np.isnan(samples[0])]
    mean = float(np.nanmean(means))
    if len(means) < 2:
        return mean, float("nan")
    return mean, float(np.nanstd(means, ddof=1) / np.sqrt(np.count_nonzero(~np.isnan(means))))


def identity(result: xr.Dataset) -> dict[str, Any]:
    """The columns that say which result a row is about: rule and load."""
    return {"rule": result.attrs["rule"], "alpha": result.attrs["alpha"]}
