"""Published statistics of the training examples beside ours."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plmemory.figures.shared.comparison import Comparison
from plmemory.figures.shared.draws import ROUNDED


def compare(table: pd.DataFrame) -> list[Comparison]:
    """Every published statistic of the table beside ours.

    The whole training set is counted: there is no statistical error.
    """
    found = []
    for published in table[table["source"] == "published"].to_dict("records"):
        quantity, label = published["quantity"], published["label_a"]
        same = (table["source"] == "ours") & (table["quantity"] == quantity)
        name = "mean pair overlap"
        if quantity == "class_overlap":
            same &= (table["label_a"] == label) & (table["label_b"] == label)
            name = f"overlap within label {int(label)}"
        ours, value = table.loc[same, "value"].item(), published["value"]
        numbers = (value, ours, 0.0, published["tolerance"])
        found.append(Comparison(published["dataset"], name, np.nan, "", *numbers, ROUNDED))
    return found
