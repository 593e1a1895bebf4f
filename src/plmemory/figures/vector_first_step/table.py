"""One-step maps, limits of denoising and histories of vector networks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import known_of
from plmemory.figures.shared.summary import identity, mean_and_sem
from plmemory.theory.vectors import denoising_load

DIMENSIONS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
POINTS = 60  # of a line of theory


def build(
    overlaps: list[xr.Dataset], denoising_overlaps: Sequence[float], followed_overlap: float
) -> pd.DataFrame:
    """Rows of the three panels; see ``draw``."""
    rows: list[dict[str, Any]] = []
    for result in overlaps:
        dimension = result.attrs["described"]["columns"]["d"]
        common = {"dataset": result.attrs["dataset"], "d": dimension, **identity(result)}
        rows += _map(result, common)
        rows += _history(result, common, followed_overlap)
    rows += [
        {"panel": "limit", "d": d, "initial_overlap": m0, "alpha": denoising_load(m0, d)}
        for m0 in denoising_overlaps
        for d in DIMENSIONS
    ]
    return pd.DataFrame(rows)


def _map(result: xr.Dataset, common: dict[str, Any]) -> Iterator[dict[str, Any]]:
    initial = result["initial_overlap"].values
    known = known_of(result.attrs, "vector_step")
    patterns, alpha = result.attrs["patterns"], common["alpha"]

    def theory(m0: np.ndarray, load: float) -> np.ndarray:
        return np.full(len(m0), np.nan) if known is None else known(m0, load, common["d"])

    # A field is a sum over N - 1 sites and P - 1 other patterns: at finite numbers its mean and
    # variance differ by a few per mille from the limit.
    finite = (patterns - 1) / (patterns / alpha - 1)
    for place, exact in enumerate(theory(initial, finite)):
        mean, sem = mean_and_sem(result["overlap"].isel(initial_overlap=place, time=1))
        measured = {"one_step_overlap": mean, "one_step_overlap_sem": sem, "theory": exact}
        yield common | {"panel": "map", "initial_overlap": initial[place]} | measured
    line = np.linspace(0, 1, POINTS)
    for m0, exact in zip(line, theory(line, finite), strict=True):
        yield common | {"panel": "map", "initial_overlap": m0, "theory": exact}


def _history(
    result: xr.Dataset, common: dict[str, Any], followed: float
) -> Iterator[dict[str, Any]]:
    at = result.isel(initial_overlap=int(abs(result["initial_overlap"].values - followed).argmin()))
    for time in range(at.sizes["time"]):
        mean, sem = mean_and_sem(at["overlap"].isel(time=time))
        start = {"panel": "time", "initial_overlap": float(at["initial_overlap"]), "time": time}
        yield common | start | {"overlap": mean, "overlap_sem": sem}
