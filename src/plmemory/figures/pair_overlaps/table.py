"""Overlaps between the training examples, all pairs and by label, beside published values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.pair_overlaps.statistics import (
    class_overlaps,
    mean_pair_overlap,
    pair_overlap_histogram,
)
from plmemory.figures.shared.published import of_dataset

COLUMNS = [
    "quantity",
    "source",
    "label_a",
    "label_b",
    "bin_left",
    "bin_right",
    "value",
    "tolerance",
]
PAIRED = 20_000
"""How many examples the histogram pairs with each other: 2 10^8 pairs in seconds."""


def build(data: list[xr.Dataset]) -> pd.DataFrame:
    """Long form by ``quantity``."""
    images, labels = data[0]["train"].values, data[0]["train_label"].values
    rows = [_row("mean_pair_overlap", "ours", mean_pair_overlap(images))]
    rows += _density("pair_overlap_density", *pair_overlap_histogram(images[:PAIRED]))
    of_labels = [pair_overlap_histogram(images[labels == label]) for label in np.unique(labels)]
    overlaps, counts = of_labels[0][0], sum(counts for _, counts in of_labels)
    rows += _density("within_class_overlap_density", overlaps, np.asarray(counts))
    classes, matrix = class_overlaps(images, labels)
    for i, a in enumerate(classes):
        for j, b in enumerate(classes):
            rows.append(_row("class_overlap", "ours", matrix[i, j], label_a=a, label_b=b))
    published = of_dataset(data[0].attrs["described"]["kind"])
    if published is not None and hasattr(published, "mean_pair_overlap"):
        value, tolerance = published.mean_pair_overlap()
        rows.append(_row("mean_pair_overlap", "published", value, tolerance=tolerance))
        for label, (value, tolerance) in published.within_class().items():
            both = {"label_a": label, "label_b": label, "tolerance": tolerance}
            rows.append(_row("class_overlap", "published", value, **both))
    table = pd.DataFrame(rows, columns=COLUMNS).assign(dataset=data[0].attrs["dataset"])
    return table.astype({"label_a": "Int64", "label_b": "Int64"})


def _row(quantity: str, source: str, value: float, **further: float) -> dict[str, Any]:
    return {"quantity": quantity, "source": source, "value": value, **further}


def _density(quantity: str, overlaps: np.ndarray, counts: np.ndarray) -> list[dict[str, Any]]:
    width = overlaps[1] - overlaps[0]
    density = counts / counts.sum() / width
    return [
        {
            "quantity": quantity,
            "source": "ours",
            "bin_left": centre - width / 2,
            "bin_right": centre + width / 2,
            "value": value,
        }
        for centre, value in zip(overlaps, density, strict=True)
    ]
