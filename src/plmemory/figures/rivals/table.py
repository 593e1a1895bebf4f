"""Learning rules at their best: parameters chosen on one half of the draws, judged on the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.choice import by_load, families, judged
from plmemory.figures.shared.summary import over_all_replicates

OBJECTIVE = "pseudo-likelihood"  # of the reference rules
DIFFERENCES = {
    # a boundary: its difference from that of the best pseudo-likelihood
    "half_overlap": "difference",
    "critical_overlap": "critical_difference",
    "half_overlap_sequential": "sequential_difference",
}


def build(storage: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule (or family) and load, and the tuning curves of families; see ``draw``.

    For each definition of the boundary the parameter is chosen separately (``parameter`` is that of
    the half overlap). The best pseudo-likelihood is chosen in the same way, among all rules of that
    objective. NaN if a draw has no boundary.
    """
    rows = []
    for alpha, results in by_load(storage):
        best = [result for result in results if result.attrs["objective"] == OBJECTIVE]
        for name, family in families(results).items():
            shared = {"rule": name, "alpha": alpha}
            rows.append(shared | {"kind": "judged"} | _judged(family, best))
            if len(family) > 1:
                rows += [shared | {"kind": "tuning"} | _measured(result) for result in family]
    return pd.DataFrame(rows)


def _judged(family: Sequence[xr.Dataset], best: Sequence[xr.Dataset]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for quantity, difference in _known(family):
        values, parameters = judged(family, quantity)
        if quantity == "half_overlap":
            row["parameter"], row["second_parameter"] = parameters
        row[quantity], row[f"{quantity}_sem"] = over_all_replicates(values)
        paired = values - judged(best, quantity).values if best else np.full_like(values, np.nan)
        row[difference], row[f"{difference}_sem"] = over_all_replicates(paired)
    return row | _sample(family)


def _measured(result: xr.Dataset) -> dict[str, Any]:
    row = {"parameter": result.attrs["parameter"]}
    for quantity, _ in _known([result]):
        row[quantity], row[f"{quantity}_sem"] = over_all_replicates(result[quantity])
    return row | _sample([result])


def _known(results: Sequence[xr.Dataset]) -> list[tuple[str, str]]:
    """The measured boundaries, and the names of their differences."""
    return [pair for pair in DIFFERENCES.items() if all(pair[0] in result for result in results)]


def _sample(results: Sequence[xr.Dataset]) -> dict[str, Any]:
    converged = all(result.attrs["converged"] for result in results)
    return {"draws": results[0].sizes["replicate"], "converged": converged}
