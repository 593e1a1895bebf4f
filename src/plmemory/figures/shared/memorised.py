"""Final states of memories: fractions and quality, one row for each kind of final states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import xarray as xr

from plmemory.figures.shared.kinds import KINDS, REAL_KINDS
from plmemory.figures.shared.summary import mean_and_sem

CRITERIA = {"distance": "kind", "weight": "kind_by_weight"}


def rows(result: xr.Dataset) -> Iterator[dict[str, Any]]:
    """Rows of a result of the measure ``memorisation``; for some final states by two criteria."""
    common = {
        "memory": result.attrs["rule"],
        "K": result.attrs["patterns"],
        "samples": result.sizes["sample"],
        "draws": result.sizes["replicate"],
        "dataset": result.attrs["dataset"],
        "converged": bool(result.attrs["converged"]),
    }
    for end in range(result.sizes["end"]):
        at = result.isel(end=end)
        told = {name: at[f"end_{name}"].item() for name in ("start", "dynamics", "sigma")}
        for criterion, variable in CRITERIA.items():
            kinds = at[variable].values
            if (kinds < 0).any():
                continue
            measured = {
                **_fractions(KINDS, kinds),
                "nearest_heldout": at["nearest_heldout"].values,
                "nearest_heldout_real": result["real_heldout"].values,
                **_fractions(REAL_KINDS, result["real_kind"].values),
                "unsettled": ~at["settled"].values.astype(bool),
            }
            row = {**common, **told, "criterion": criterion}
            for name, values in measured.items():
                row[name], row[f"{name}_sem"] = mean_and_sem(values)
            yield row


def _fractions(names: Iterable[str], kinds: np.ndarray) -> dict[str, np.ndarray]:
    """Whether states are of each kind, by the names of the kinds in the order of their numbers."""
    return {name: kinds == number for number, name in enumerate(names)}
