"""Overlaps between the MNIST training images, all pairs and by digit, beside published values."""

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
from plmemory.figures.shared.published import MNIST_MEAN_PAIR_OVERLAP, MNIST_WITHIN_CLASS

PAIRED = 20_000
"""How many images the histogram pairs with each other: 2 10^8 pairs in seconds."""


def build(data: list[xr.Dataset]) -> pd.DataFrame:
    """Long form by ``quantity``; see figures/mnist_statistics.py."""
    images, labels = data[0]["train"].values, data[0]["train_label"].values
    rows: list[dict[str, Any]] = [
        {"quantity": "mean_pair_overlap", "source": source, "value": value}
        for source, value in (
            ("ours", mean_pair_overlap(images)),
            ("published", MNIST_MEAN_PAIR_OVERLAP),
        )
    ]
    rows += _density("pair_overlap_density", *pair_overlap_histogram(images[:PAIRED]))
    of_digits = [pair_overlap_histogram(images[labels == digit]) for digit in np.unique(labels)]
    overlaps, counts = of_digits[0][0], sum(counts for _, counts in of_digits)
    rows += _density("within_class_overlap_density", overlaps, np.asarray(counts))
    digits, matrix = class_overlaps(images, labels)
    for i, a in enumerate(digits):
        for j, b in enumerate(digits):
            rows.append(_class_row(a, b, "ours", matrix[i, j]))
    rows += [_class_row(d, d, "published", value) for d, value in enumerate(MNIST_WITHIN_CLASS)]
    columns = ["quantity", "source", "digit_a", "digit_b", "bin_left", "bin_right", "value"]
    return pd.DataFrame(rows, columns=columns).astype({"digit_a": "Int64", "digit_b": "Int64"})


def _class_row(a: int, b: int, source: str, value: float) -> dict[str, Any]:
    name = "class_overlap"
    return {"quantity": name, "source": source, "digit_a": a, "digit_b": b, "value": value}


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
