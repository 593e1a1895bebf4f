"""Final overlap by kind of start, shared by the generalisation figures of all data sets."""

from __future__ import annotations

from typing import Any

import pandas as pd
import xarray as xr

from plmemory.figures.shared.summary import identity, mean_and_sem


def rows(result: xr.Dataset, starts: list[str]) -> list[dict[str, Any]]:
    """One row a kind of start: overlap of the final state with the start, and how many starts."""
    found = []
    for start in starts:
        chosen = result["trajectory_start"].values == list(result["start"].values).index(start)
        overlaps = result["trajectory_overlap"].values[:, chosen]
        mean, sem = mean_and_sem(overlaps)
        baseline = float("nan")
        if start == "test":
            baseline = mean_and_sem(result["test_nearest_train"])[0]
        found.append(
            {
                **identity(result),
                "P": result.attrs["patterns"],
                "start": start,
                "overlap": mean,
                "overlap_sem": sem,
                "n": overlaps.size,
                "nearest_train_overlap": baseline,
            }
        )
    return found


def table(results: list[xr.Dataset], starts: list[str]) -> pd.DataFrame:
    """The rows of all results."""
    return pd.DataFrame([row for result in results for row in rows(result, starts)])
