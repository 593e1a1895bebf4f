"""Proteins: identity kept from training and unseen sequences, reached from random ones."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from plmemory.datasets.proteins.alignments import STATES
from plmemory.figures.generalization.table import rows

STARTS = ["train", "test", "random"]


def build(attractors: list[xr.Dataset]) -> pd.DataFrame:
    """One row per family, rule, number of training sequences and start.

    The search measures rescaled identities, 0 at chance.
    """
    table = pd.DataFrame(
        [
            {"family": result.attrs["dataset"], **row}
            for result in attractors
            for row in rows(result, STARTS)
        ]
    )
    table["rescaled"] = table["overlap"]
    for name, column in (
        ("identity", "overlap"),
        ("nearest_train_identity", "nearest_train_overlap"),
    ):
        table[name] = (table[column] * (STATES - 1) + 1) / STATES
    table["identity_sem"] = table["overlap_sem"] * (STATES - 1) / STATES
    return table.drop(columns=["overlap", "overlap_sem", "nearest_train_overlap"])
