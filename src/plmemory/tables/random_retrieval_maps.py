"""Final and one-step overlap against initial overlap, by rule and load."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from plmemory.tables.summary import identity, mean_and_sem


def build(retrieval: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load and initial overlap; see figures/random_retrieval_maps.py."""
    rows = []
    for result in retrieval:
        for initial_overlap in result["initial_overlap"].values:
            at = result.sel(initial_overlap=initial_overlap)
            final, final_sem = mean_and_sem(at["final_overlap"])
            one_step, one_step_sem = mean_and_sem(at["one_step_overlap"])
            rows.append(
                {
                    **identity(result),
                    "initial_overlap": initial_overlap,
                    "final_overlap": final,
                    "final_overlap_sem": final_sem,
                    "one_step_overlap": one_step,
                    "one_step_overlap_sem": one_step_sem,
                    "one_step_theory": float(at["one_step_theory"]),
                }
            )
    return pd.DataFrame(rows)
