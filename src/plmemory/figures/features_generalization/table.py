"""Random features: overlap kept from training, unseen and feature states, by load."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from plmemory.figures.generalization.table import rows

STARTS = ["train", "test", "feature", "random"]


def build(attractors: list[xr.Dataset], features: dict[str, int]) -> pd.DataFrame:
    """One row per rule, density of features, load and start.

    ``features``: the number D of features of each data set.
    """
    return pd.DataFrame(
        [
            row | {"alpha_D": features[result.attrs["dataset"]] / result.sizes["site"]}
            for result in attractors
            for row in rows(result, STARTS)
        ]
    )
