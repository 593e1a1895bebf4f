"""Overlaps with the clean image along the dynamics of attention, and baselines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import xarray as xr

from plmemory.figures.shared.summary import identity, mean_and_sem
from plmemory.figures.shared.transients import BASELINES, NETWORK, baseline, courses


def build(transient: list[xr.Dataset]) -> pd.DataFrame:
    """One row per clock, start, corruption and step, and one per baseline; see ``draw``.

    All clocks have the same starts, so baselines are listed once.
    """
    rows = [row for result in transient for row in _network(result)]
    return pd.DataFrame(rows + list(_baselines(transient[0])))


def _network(result: xr.Dataset) -> Iterator[dict[str, Any]]:
    for start, corruption, overlaps in courses(result):
        for place, time in enumerate(result["time"].values.tolist()):
            at = overlaps.isel(time=place)
            yield {
                **identity(result),
                "clock": result.attrs["clock"],
                "t": time,
                **_row(result, start, corruption, at, NETWORK),
            }


def _baselines(result: xr.Dataset) -> Iterator[dict[str, Any]]:
    for name in BASELINES:
        for start in result["start"].values.tolist():
            for corruption in result["corruption"].values.tolist():
                values = baseline(result, name, start, corruption)
                yield _row(result, start, corruption, values, name)


def _row(
    result: xr.Dataset, start: str, corruption: str, values: xr.DataArray, name: str
) -> dict[str, Any]:
    mean, sem = mean_and_sem(values)
    return {
        "P": result.attrs["patterns"],
        "start": start,
        "corruption": corruption,
        "overlap": mean,
        "overlap_sem": sem,
        "baseline": name,
        "draws": result.sizes["replicate"],
        "n": values.size,
    }
