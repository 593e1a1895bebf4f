"""Overlap of recall at finite temperature, by rule, load and temperature."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import known_of
from plmemory.figures.shared.summary import identity, mean_and_sem

LINE = 61  # temperatures of a line of theory


def build(recall: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load and temperature; see ``draw``.

    Temperatures are in units of the norm of a row of the couplings, sqrt(alpha) for Hebb's rule.
    ``theory``, the replica-symmetric overlap of Hebb's retrieval state, has separate rows, at the
    measured temperatures and between them.
    """
    rows = []
    for result in recall:
        alpha = result.attrs["alpha"]
        for place, temperature in enumerate(result["temperature"].values):
            overlap, sem = mean_and_sem(result["overlap"].isel(temperature=place))
            rows.append(
                {
                    **identity(result),
                    "temperature": temperature,
                    "overlap": overlap,
                    "overlap_sem": sem,
                    "n": result.sizes["replicate"] * result.sizes["pattern"],
                    "own_temperature": result.attrs["own_temperature"],
                }
            )
        retrieval = known_of(result.attrs, "retrieval_overlap_at")
        if retrieval is not None:
            measured = result["temperature"].values
            for temperature in np.union1d(np.linspace(0, measured.max(), LINE), measured):
                theory = retrieval(alpha, temperature * math.sqrt(alpha))
                rows.append({**identity(result), "temperature": temperature, "theory": theory})
    return pd.DataFrame(rows)
