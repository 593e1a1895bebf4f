"""One-step maps of attention with Hebb's couplings, beside their theory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import known_of
from plmemory.figures.shared.summary import identity, mean_and_sem
from plmemory.theory.attention import Attending, one_step

POINTS = 60  # of a line of theory


def build(overlaps: list[xr.Dataset]) -> pd.DataFrame:
    """One row per dimension, kappa and initial overlap, then rows for lines; see ``draw``."""
    return pd.DataFrame([row for result in overlaps for row in _rows(result)])


def _rows(result: xr.Dataset) -> Iterator[dict[str, Any]]:
    dimension = result.attrs["described"]["columns"]["d"]
    # Without a theory (patterns that are not independent) kappa has no meaning.
    known = known_of(result.attrs, "attending")
    attending: Attending | None = None if known is None else known(result.attrs, dimension)
    patterns = result.attrs["patterns"]
    common = {
        **identity(result),
        "N": round(patterns / result.attrs["alpha"]),
        "P": patterns,
        "d": dimension,
        "kappa": np.nan if attending is None else attending._replace(patterns=patterns).memory,
        "draws": result.sizes["replicate"],
    }
    for place, initial in enumerate(result["initial_overlap"].values):
        at = result["overlap"].isel(initial_overlap=place, time=1)
        mean, sem = mean_and_sem(at)
        exact = np.nan if attending is None else float(one_step(initial, attending))
        yield common | {
            "initial_overlap": initial,
            "one_step_overlap": mean,
            "one_step_overlap_sem": sem,
            "theory": exact,
            "excess": mean - exact,
            "excess_sem": sem,
            "n": at.size,
        }
    if attending is not None:
        line = np.linspace(0, 1, POINTS)
        for m0, exact in zip(line, one_step(line, attending), strict=True):
            yield common | {"initial_overlap": m0, "theory": exact}
