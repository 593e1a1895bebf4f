"""Published ends of long trainings beside ours, from a table of learning curves."""

from __future__ import annotations

import pandas as pd

from plmemory.figures.shared.comparison import Comparison
from plmemory.figures.shared.draws import OWN, PUBLISHED, reason, tolerance

QUANTITIES = {
    # column: quantity, start
    "norm": ("norm of the couplings", ""),
    "distance": ("distance from the start", ""),
    "loss": ("loss", ""),
    "train": ("kept overlap", "train"),
    "test": ("kept overlap", "test"),
}


def compare(table: pd.DataFrame) -> list[Comparison]:
    """Every published number of the table beside ours of the same run, epoch and draw.

    The tolerance is that of a single draw, see ``shared.draws.tolerance``.
    """
    keys = ["dataset", "run", "epoch", "draw"]
    ours = table[table["source"] == "ours"].set_index(keys)
    found = []
    for row in table[table["source"] == "published"].to_dict("records"):
        dataset, load, place = row["dataset"], row["alpha"], [row[key] for key in keys[:3]]
        wanted = pd.MultiIndex.from_tuples([(*place, PUBLISHED), (*place, OWN)], names=keys)
        mine, own = ours.reindex(wanted).to_dict("records")
        for column, (quantity, start) in QUANTITIES.items():
            name = f"{quantity} after {row['epoch']} epochs"
            rounding = row[f"{column}_rounding"]
            error, allowed = tolerance(rounding, own[f"{column}_sem"], own["draws"])
            numbers = (row[column], mine[column], error, allowed)
            why = reason(rounding, allowed)
            found.append(Comparison(dataset, name, load, start, *numbers, why))
    return found
