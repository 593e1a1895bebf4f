"""Final and one-step overlap against initial overlap, by rule and load."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import distribution
from plmemory.figures.shared.summary import identity, mean_and_sem
from plmemory.theory.one_step import one_step_map


def build(retrieval: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load and initial overlap; see ``draw``.

    ``one_step_theory`` follows from the rule's exact stability distribution where one is
    known, and from the measured stabilities elsewhere.
    """
    rows = []
    for result in retrieval:
        initial_overlaps = result["initial_overlap"].values
        exact = distribution(result.attrs)
        theory = (
            result["one_step_from_stabilities"].values
            if exact is None
            else one_step_map(exact, initial_overlaps)
        )
        for place, initial_overlap in enumerate(initial_overlaps):
            at = result.isel(initial_overlap=place)
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
                    "one_step_theory": theory[place],
                }
            )
    return pd.DataFrame(rows)
