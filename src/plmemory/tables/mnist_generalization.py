"""MNIST: overlap kept from training and unseen images, reached from random states, by load."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from plmemory.tables.generalization import table
from plmemory.tables.published import MNIST_OVERLAPS

STARTS = ["train", "test", "random"]


def build(attractors: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load and start, ours and, for pseudo-likelihood, the published."""
    published = [
        {"rule": "pl", "alpha": load, "start": start, "overlap": overlap, "source": "published"}
        for load, overlaps in MNIST_OVERLAPS.items()
        for start, overlap in zip(STARTS, overlaps, strict=True)
    ]
    ours = table(attractors, STARTS).assign(source="ours")
    return pd.concat([ours, pd.DataFrame(published)], ignore_index=True)
