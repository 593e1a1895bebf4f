"""Where corrupted unseen examples end, by load."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import xarray as xr

from plmemory.errors import InputError
from plmemory.figures.shared.completed import rows


def build(completion: list[xr.Dataset], initial_overlaps: Sequence[float]) -> pd.DataFrame:
    """One row per rule, load and initial overlap of unseen examples; see ``draw``.

    Raises
    ------
    InputError
        If an initial overlap was not measured.
    """
    table = pd.DataFrame([row for result in completion for row in rows(result)])
    measured = sorted(set(table["asked_overlap"]))
    for wanted in initial_overlaps:
        if wanted not in measured:
            known = ", ".join(f"{value:g}" for value in measured)
            raise InputError(
                f"initial_overlaps: found {wanted:g}, expected one of measures.completion: {known}"
            )
    shown = table["asked_overlap"].isin(initial_overlaps) & (table["start"] == "test")
    return table[shown].reset_index(drop=True)
