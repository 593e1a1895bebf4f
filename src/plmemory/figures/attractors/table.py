"""Properties of the attractors, by kind of start and load."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.attractors.coincidences import coincidences
from plmemory.figures.shared.summary import identity, mean_and_sem

ORDERS = {
    "orders_differ": "sequential_differ",
    "orders_overlap": "sequential_agreement",
    "orders_settled": "sequential_settled",
}


def build(attractors: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule, load and kind of start.

    ``attractors`` counts distinct ones; nearness is averaged over the final states of all starts.
    ``cycles_fraction`` and ``unsettled_fraction`` are fractions of starts; unsettled starts, which
    still move after the last step, count for no attractor and no entropy. Counts and entropies
    saturate at the number of starts; ``pair_entropy`` does not (``coincidences``). They are
    comparable only at equal ``n``, the starts of each replicate, and with few unsettled starts.

    For test starts the table also shows whether the order of sequential updates matters, from two
    runs in different random orders: ``orders_differ``, the fraction with different final states,
    ``orders_overlap`` of the two, and ``orders_settled``, the fraction that both runs brought to
    fixed points.
    """
    found = []
    for result in attractors:
        replicate = result["attractor_replicate"].values
        replicates = result.sizes["replicate"]
        for number, start in enumerate(result["start"].values):
            counts = result["attractor_starts"].values[number].astype(np.int64)
            reached = counts > 0
            chosen = result["trajectory_start"].values == number
            measured = {
                "attractors": np.bincount(replicate[reached], minlength=replicates)[:, None],
                "cycles_fraction": (result["trajectory_period"].values > 1)[:, chosen],
                "unsettled_fraction": (result["trajectory_period"].values == 0)[:, chosen],
                "nearest_train": result["trajectory_nearest_train"].values[:, chosen],
                "nearest_test": result["trajectory_nearest_test"].values[:, chosen],
                "basin_entropy": result["basin_entropy"].values[:, [number]],
            }
            if start == "test" and "sequential_differ" in result:
                for name, quantity in ORDERS.items():
                    measured[name] = result[quantity].values
            row = {**identity(result), "P": result.attrs["patterns"], "start": start}
            row["n"] = int(chosen.sum())
            met = coincidences([counts[replicate == r] for r in range(replicates)])
            row |= {"coincidences": met.number, "pair_entropy": met.entropy}
            row |= {"pair_entropy_sem": met.error, "pair_entropy_least": met.least}
            for name, values in measured.items():
                row[name], row[f"{name}_sem"] = mean_and_sem(values)
            if start != "ground":  # a single state gives no number of attractors
                found.append({**row, "dataset": result.attrs["dataset"]})
    return pd.DataFrame(found)
