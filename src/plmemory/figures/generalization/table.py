"""Final overlap by kind of start, for every data set with unseen examples."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import xarray as xr

from plmemory.figures.shared.published import of_dataset
from plmemory.figures.shared.summary import identity, mean_and_sem

STARTS = ("train", "test", "feature", "random")
USUAL, SEQUENTIAL = "synchronous", "sequential"
OBJECTIVE = "pseudo-likelihood"  # of the rule that published values belong to


def build(attractors: list[xr.Dataset], dynamics: Sequence[str]) -> pd.DataFrame:
    """One row per data set, rule, load, start and dynamics, ours and the published.

    The true couplings are the limit of infinitely many patterns: nothing was trained on, so they
    have no training starts. Colours are measured by their rescaled identity, 0 at chance, and by
    the identity itself.
    """
    found = []
    for result in attractors:
        for start in [name for name in STARTS if name in result["start"].values]:
            if start != "train" or math.isfinite(result.attrs["patterns"]):
                found += _rows(result, start, dynamics)
    for name, described in {r.attrs["dataset"]: r.attrs["described"] for r in attractors}.items():
        rules = [
            result.attrs["rule"]
            for result in attractors
            if (result.attrs["dataset"], result.attrs["objective"]) == (name, OBJECTIVE)
        ]
        if rules:
            sites = next(r.sizes["site"] for r in attractors if r.attrs["dataset"] == name)
            found += _published(name, described, rules[0], sites)
    return pd.DataFrame(found)


def _rows(result: xr.Dataset, start: str, dynamics: Sequence[str]) -> list[dict[str, Any]]:
    chosen = result["trajectory_start"].values == list(result["start"].values).index(start)
    overlaps = {USUAL: result["trajectory_overlap"].values[:, chosen]}
    if start == "test" and "sequential_overlap" in result:
        overlaps[SEQUENTIAL] = result["sequential_overlap"].values
    nearest = mean_and_sem(result["test_nearest_train"])[0] if start == "test" else math.nan
    rows = []
    for kind in [name for name in dynamics if name in overlaps]:
        mean, sem = mean_and_sem(overlaps[kind])
        row = {
            **_of_dataset(result.attrs["dataset"], result.attrs["described"]),
            **identity(result),
            "P": result.attrs["patterns"],
            "start": start,
            "dynamics": kind,
            "overlap": mean,
            "overlap_sem": sem,
            "n": overlaps[kind].size,
            "nearest_train_overlap": nearest,
            "source": "ours",
        }
        if "states" in result.attrs:
            colours = int(result.attrs["states"])
            row["identity"] = _identity(mean, colours)
            row["identity_sem"] = sem * (colours - 1) / colours
            row["nearest_train_identity"] = _identity(nearest, colours)
        rows.append(row)
    return rows


def _identity(rescaled: float, colours: int) -> float:
    """Fraction of equal sites from the overlap, which is 0 at chance."""
    return (rescaled * (colours - 1) + 1) / colours


def _of_dataset(name: str, described: Mapping[str, Any]) -> dict[str, Any]:
    return {"dataset": name, "title": described["title"], **described["columns"]}


def _published(
    name: str, described: Mapping[str, Any], rule: str, sites: int
) -> list[dict[str, Any]]:
    """Published overlaps, whether or not this data set is the published one."""
    published = of_dataset(described["kind"])
    if published is None or not hasattr(published, "overlaps"):
        return []
    common = {
        **_of_dataset(name, described),
        "rule": rule,
        "dynamics": USUAL,
        "source": "published",
        "comparable": published.comparable(described["columns"]),
    }
    return [
        {
            **common,
            "alpha": load,
            "P": load * sites,
            "start": start,
            "overlap": overlap,
            "tolerance": tolerance,
        }
        for (load, start), (overlap, tolerance) in published.overlaps().items()
    ]
