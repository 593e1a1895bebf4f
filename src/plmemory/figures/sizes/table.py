"""The boundary of the basins by the size of the network, and its extrapolation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.summary import identity, over_all_replicates

QUANTITIES = {
    # measured: definition, dynamics
    "half_overlap": ("half", "synchronous"),
    "critical_overlap": ("mean", "synchronous"),
    "half_overlap_sequential": ("half", "sequential"),
}


def build(storage: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load, definition, dynamics and size, and the extrapolation; see ``draw``.

    Data sets are sizes: for a rule and a load, each has its own draws.
    """
    rows: list[dict[str, Any]] = []
    places = dict.fromkeys((r.attrs["rule"], r.attrs["alpha"]) for r in storage)
    for place in places:
        results = [r for r in storage if (r.attrs["rule"], r.attrs["alpha"]) == place]
        for quantity, (definition, dynamics) in QUANTITIES.items():
            measured = [_row(result, quantity) for result in results if quantity in result]
            labels = {"definition": definition, "dynamics": dynamics}
            rows += [row | labels for row in measured + _limit(measured)]
    return pd.DataFrame(rows)


def _row(result: xr.Dataset, quantity: str) -> dict[str, Any]:
    value, sem = over_all_replicates(result[quantity])
    return {
        **identity(result),
        "N": round(result.attrs["patterns"] / result.attrs["alpha"]),
        "overlap": value,
        "overlap_sem": sem,
        "draws": result.sizes["replicate"],
    }


def _limit(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The extrapolation of these rows; none for a single size or if a value is missing."""
    known = [row for row in rows if row["overlap_sem"] > 0]
    if len({row["N"] for row in known}) < 2 or len(known) < len(rows):
        return []
    found = extrapolation(
        np.array([row["N"] for row in rows]),
        np.array([row["overlap"] for row in rows]),
        np.array([row["overlap_sem"] for row in rows]),
    )
    shared = {name: rows[0][name] for name in ("rule", "alpha")}
    fit = {"overlap": found.value, "overlap_sem": found.error, "slope": found.slope}
    converged = all(row["converged"] for row in rows)
    return [shared | {"converged": converged, "N": math.inf, "chi2": found.chi2} | fit]


class Extrapolation(NamedTuple):
    """The value for N to infinity, its error, the slope in 1/N, and chi squared per freedom."""

    value: float
    error: float
    slope: float
    chi2: float


def extrapolation(sizes: np.ndarray, values: np.ndarray, errors: np.ndarray) -> Extrapolation:
    """Weighted least squares of ``values`` (M,) with independent ``errors`` against 1/N.

    The error follows from the given ``errors``. chi squared is NaN for two sizes.
    """
    design = np.stack([np.ones(len(sizes)), 1 / sizes], axis=1) / errors[:, None]
    covariance = np.linalg.inv(design.T @ design)
    value, slope = covariance @ design.T @ (values / errors)
    residuals = (values - value - slope / sizes) / errors
    freedom = len(sizes) - 2
    chi2 = float(residuals @ residuals / freedom) if freedom else math.nan
    return Extrapolation(float(value), float(np.sqrt(covariance[0, 0])), float(slope), chi2)
