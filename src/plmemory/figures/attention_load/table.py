"""Peak and late overlaps of attention, by the number of training images."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.summary import identity, mean_and_sem
from plmemory.figures.shared.transients import BASELINES, baseline, courses


def build(transient: list[xr.Dataset], first_steps: int) -> pd.DataFrame:
    """One row per P, clock, start and corruption; see ``draw``."""
    return pd.DataFrame([row for result in transient for row in _rows(result, first_steps)])


def _rows(result: xr.Dataset, first_steps: int) -> Iterator[dict[str, Any]]:
    times = result["time"].values
    early = np.flatnonzero((times >= 1) & (times <= first_steps))
    for start, corruption, overlaps in courses(result):
        peak = early[int(np.argmax([float(overlaps.isel(time=place).mean()) for place in early]))]
        row = {
            **identity(result),
            "P": result.attrs["patterns"],
            "clock": result.attrs["clock"],
            "start": start,
            "corruption": corruption,
            "first_t": times[early[-1]],
            "peak_t": times[peak],
            "late_t": times[-1],
        }
        for name, place in (("initial", 0), ("peak", peak), ("late", -1)):
            row[name], row[f"{name}_sem"] = mean_and_sem(overlaps.isel(time=place))
        for name in BASELINES:
            known = start in result["start"].values
            row[name] = (
                mean_and_sem(baseline(result, name, start, corruption))[0] if known else math.nan
            )
        yield row | {"draws": result.sizes["replicate"], "n": overlaps.isel(time=0).size}
