"""MNIST: overlap kept from training and unseen images, reached from random states, by load."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from plmemory.figures.generalization.table import table
from plmemory.figures.shared.published import MNIST_OVERLAPS, rows

STARTS = ["train", "test", "random"]


def build(attractors: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load and start, ours and, for pseudo-likelihood, the published."""
    ours = table(attractors, STARTS).assign(source="ours")
    return pd.concat([ours, pd.DataFrame(rows(MNIST_OVERLAPS))], ignore_index=True)
