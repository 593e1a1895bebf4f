"""Spin glass: overlap kept from training and unseen samples, reached from random states."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.generalization.table import rows
from plmemory.figures.shared.published import (
    SPIN_GLASS_OVERLAPS,
    SPIN_GLASS_SIDE,
    SPIN_GLASS_TEMPERATURE,
)
from plmemory.figures.shared.published import rows as published_rows
from plmemory.figures.shared.summary import mean_and_sem

STARTS = ["train", "test", "random"]


def build(attractors: list[xr.Dataset], temperature: float) -> pd.DataFrame:
    """One row per rule, load, start and dynamics, ours and the published.

    Also for test starts under sequential dynamics. The true couplings are the limit of
    infinitely many patterns: nothing was trained on, so they have no training starts.
    """
    found = []
    side = math.isqrt(attractors[0].sizes["site"])
    for result in attractors:
        common = {"L": side, "T": temperature, "source": "ours"}
        for row in rows(result, STARTS):
            if math.isfinite(row["P"]) or row["start"] != "train":
                found.append({**row, **common, "dynamics": "synchronous"})
                if row["start"] == "test" and "sequential_overlap" in result:
                    mean, sem = mean_and_sem(result["sequential_overlap"])
                    other = {"overlap": mean, "overlap_sem": sem, "dynamics": "sequential"}
                    other["n"] = result["sequential_overlap"].size
                    found.append({**row, **common, **other})
    table = pd.DataFrame(found)
    # The limit belongs beside the curves that tend to it.
    table["rule"] = np.where(np.isinf(table["alpha"]), "pl", table["rule"])
    if (side, temperature) == (SPIN_GLASS_SIDE, SPIN_GLASS_TEMPERATURE):
        published = pd.DataFrame(published_rows(SPIN_GLASS_OVERLAPS))
        published = published.assign(L=side, T=temperature, dynamics="synchronous")
        published["P"] = published["alpha"] * side**2
        table = pd.concat([table, published], ignore_index=True)
    return table
