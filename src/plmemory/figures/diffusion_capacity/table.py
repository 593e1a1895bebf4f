"""The weight of the correct pattern against the overlap with it, and the capacity."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
import xarray as xr

from plmemory.figures.shared.summary import mean_and_sem
from plmemory.theory.denoising import critical_overlap, flip_capacity


def build(pattern_weight: list[xr.Dataset]) -> pd.DataFrame:
    """One row per data set, number of patterns and initial overlap."""
    return pd.DataFrame([row for result in pattern_weight for row in _rows(result)])


def _rows(result: xr.Dataset) -> Iterator[dict[str, Any]]:
    sites, count = result.attrs["sites"], result.attrs["patterns"]
    common = {
        "dataset": result.attrs["dataset"],
        "independent": "independent" in result.attrs["described"]["provides"],
        "N": sites,
        "K": count,
        "critical_overlap": critical_overlap(math.log(count) / sites),
        "draws": result.sizes["replicate"],
    }
    for place, overlap in enumerate(result["initial_overlap"].values.tolist()):
        weight, sem = mean_and_sem(result["weight"].isel(initial_overlap=place))
        rate = math.log(count) / sites / float(flip_capacity(overlap))
        told = {"initial_overlap": overlap, "rate": rate, "weight": weight, "weight_sem": sem}
        yield common | told
