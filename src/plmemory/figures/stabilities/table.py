"""Distributions of the stabilities, measured and exact."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import distribution
from plmemory.figures.shared.summary import identity


def build(storage: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load and bin; see ``draw``.

    The exact density is averaged over the bin: the probability between its edges over its width.
    """
    tables = []
    for result in storage:
        centres = result["stability"].values
        width = centres[1] - centres[0]
        edges = np.append(centres - width / 2, centres[-1] + width / 2)
        exact = distribution(result.attrs)
        theory = np.nan if exact is None else np.diff(exact.cdf(edges)) / width
        columns = {
            **identity(result),
            "b": result.attrs["b"],
            "objective": result.attrs["objective"],
            "stability": centres,
            "density": result["stability_density"].mean("replicate"),
            "theory_density": theory,
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)
