"""Overlaps near a capacity, where the mean is not enough: also the median and a fraction."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from plmemory.figures.shared.summary import mean_and_sem

RETRIEVED = 0.7  # final overlap from which a state counts as retrieved


def retrieved(final_overlap: xr.DataArray | np.ndarray) -> dict[str, Any]:
    """Columns on final overlaps (replicate, pattern); see ``COLUMNS``."""
    values = np.asarray(final_overlap, dtype=np.float64)
    overlap, sem = mean_and_sem(values)
    kept, kept_sem = mean_and_sem(np.where(values > RETRIEVED, values, np.nan))
    fraction, fraction_sem = mean_and_sem((values > RETRIEVED).astype(float))
    return {
        "overlap": overlap,
        "overlap_sem": sem,
        "median_overlap": float(np.median(values)),
        "retrieved": fraction,
        "retrieved_sem": fraction_sem,
        "retrieved_overlap": kept,
        "retrieved_overlap_sem": kept_sem,
        "n": values.size,
    }
