"""The boundary of the basins over load and parameter, family by family."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.choice import by_load, families
from plmemory.figures.shared.summary import identity, over_all_replicates


def build(storage: list[xr.Dataset]) -> pd.DataFrame:
    """One row per family, load and parameter; see ``draw``.

    NaN if a draw does not store the patterns themselves. The best parameter of a load is that of
    the lowest mean over all draws: use its position, but not its value, which is biased by the
    choice.
    """
    rows = []
    for _, results in by_load(storage):
        for name, family in families(results).items():
            values = np.array([result["half_overlap"].values for result in family])
            means = np.nan_to_num(values.mean(axis=1), nan=np.inf)
            best = int(means.argmin())
            for place, result in enumerate(family):
                half, sem = over_all_replicates(values[place])
                excess, excess_sem = over_all_replicates(values[place] - values[best])
                rows.append(
                    {
                        **identity(result),
                        "rule": name,
                        "parameter": result.attrs["parameter"],
                        "half_overlap": half,
                        "half_overlap_sem": sem,
                        "excess": excess,
                        "excess_sem": excess_sem,
                        "best": place == best and bool(np.isfinite(means[best])),
                        "draws": values.shape[1],
                    }
                )
    return pd.DataFrame(rows)
