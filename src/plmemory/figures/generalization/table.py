"""Final overlap by kind of start, for every data set with unseen examples."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.draws import OWN, PUBLISHED, draws
from plmemory.figures.shared.published import of_dataset
from plmemory.figures.shared.summary import identity, mean_and_sem

STARTS = ("train", "test", "feature", "ground", "random")
USUAL, SEQUENTIAL = "synchronous", "sequential"
NULLS = ("nearest_train", "consensus", "exchanged")
OBJECTIVE = "pseudo-likelihood"  # of the rule to which published values belong


def build(attractors: list[xr.Dataset], dynamics: Sequence[str]) -> pd.DataFrame:
    """One row per data set, rule, load, start, dynamics and draw, ours and published.

    The true couplings are the limit of infinitely many patterns, so they have no training starts.
    Colours are compared by their rescaled identity, 0 at chance, and by the identity itself.
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
    kinds = [name for name in dynamics if name in overlaps]
    rows = []
    for kind, (draw, replicates) in itertools.product(
        kinds, draws(result.attrs, len(overlaps[USUAL]))
    ):
        drawn = overlaps[kind][replicates]
        mean, sem = mean_and_sem(drawn)
        nulls = {f"{name}_overlap": math.nan for name in NULLS}
        above, above_sem = math.nan, math.nan
        if start == "test":
            for name in NULLS:
                values = result[f"test_{name}"][replicates]
                nulls[f"{name}_overlap"] = mean_and_sem(values)[0]
            # Sequential dynamics starts from the first of the test examples.
            nearest = result["test_nearest_train"].values[replicates, : drawn.shape[1]]
            above, above_sem = mean_and_sem(drawn - nearest)
        row = {
            **_of_dataset(result.attrs["dataset"], result.attrs["described"]),
            **identity(result),
            "P": result.attrs["patterns"],
            "start": start,
            "dynamics": kind,
            "draw": draw,
            "draws": len(drawn),
            "overlap": mean,
            "overlap_sem": sem,
            "n": drawn.size,
            "unmoved_fraction": _unmoved(result, chosen, replicates) if kind == USUAL else math.nan,
            **nulls,
            "above_nearest": above,
            "above_nearest_sem": above_sem,
            "source": "ours",
        }
        if "states" in result.attrs:
            colours = int(result.attrs["states"])
            row["identity"] = _identity(mean, colours)
            row["identity_sem"] = sem * (colours - 1) / colours
            for name in NULLS:
                row[f"{name}_identity"] = _identity(row[f"{name}_overlap"], colours)
        rows.append(row)
    return rows


def _unmoved(result: xr.Dataset, chosen: np.ndarray, replicates: slice) -> float:
    """The fraction of starts that are fixed points."""
    steps, period = (
        result[f"trajectory_{name}"].values[replicates, chosen] for name in ("steps", "period")
    )
    return float(((steps == 0) & (period == 1)).mean())


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
        "draw": PUBLISHED if "published_draw" in described["provides"] else OWN,
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
