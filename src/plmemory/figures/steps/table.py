"""Overlaps after a few steps, with the theory of steps and the iterated map of one step."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import distribution
from plmemory.figures.shared.summary import identity, mean_and_sem
from plmemory.theory.one_step import one_step_map
from plmemory.theory.steps import overlaps


def build(steps: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load, step and initial overlap; see ``draw``.

    If the stabilities are known, theory and the iterated map are exact. Else the map is measured in
    the same networks, and the excess over it is the mean of paired differences.
    """
    return pd.DataFrame([row for result in steps for row in _rows(result)])


def _rows(result: xr.Dataset) -> list[dict[str, object]]:
    known = identity(result) | {"connectivity": result.attrs.get("connectivity", math.nan)}
    if "connectivity" in result.attrs:
        known["alpha"] = result.attrs["patterns"] / result.attrs["connectivity"]
    exact, initial = distribution(result.attrs), result["initial_overlap"].values
    counts = result["step"].values
    theory = np.full((len(counts), len(initial)), math.nan)
    iterated = result["iterated_overlap"].values
    if exact is not None:
        theory = overlaps(exact, result.attrs["alpha"], initial, len(counts))
        reached = initial
        for place in range(len(counts)):
            reached = iterated[:, place] = one_step_map(exact, reached)
    rows = []
    for place, step in enumerate(counts):
        for start, m0 in enumerate(initial):
            measured = result["overlap"].values[:, place, start]
            overlap, overlap_sem = mean_and_sem(measured)
            excess, excess_sem = mean_and_sem(measured - iterated[:, place, start, None])
            rows.append(
                {
                    **known,
                    "step": step,
                    "initial_overlap": m0,
                    "overlap": overlap,
                    "overlap_sem": overlap_sem,
                    "iterated_map": iterated[:, place, start].mean(),
                    "excess": excess,
                    "excess_sem": excess_sem,
                    "theory": theory[place, start],
                }
            )
    for start, m0 in enumerate(initial):
        end, sem = mean_and_sem(result["final_overlap"].values[:, start])
        last = {"step": result.attrs["max_steps"], "initial_overlap": m0}
        rows.append({**known, **last, "overlap": end, "overlap_sem": sem})
    return rows
