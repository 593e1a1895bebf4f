"""A user's arrays as Ising patterns: rows of two values, or of numbers with a threshold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from plmemory.datasets.arrays import pool, read, table
from plmemory.datasets.arrays.sizes import Labels, label_name, sizes
from plmemory.errors import InputError
from plmemory.files.labelled import Dataset


def load(
    rng: Callable[..., np.random.Generator],
    *,
    file: Path,
    test_file: Path | None,
    key: str | None,
    variable: str | None,
    threshold: float | None,
    test_fraction: float,
    labels: Labels,
    test_labels: Path | None,
    image_shape: Sequence[int] | None,
) -> Dataset:
    """Read patterns from a user's file.

    Parameters
    ----------
    rng
        Returns the generator that draws the test patterns.
    file, test_file
        .npy, .npz, .csv or .nc files of patterns (P, N), or of images (P, rows, columns), which
        are flattened. Without a test file, part of ``file`` is held out.
    key, variable
        Array of a .npz and variable of a .nc file; None for the only one.
    threshold
        Spins are +1 where values are above it. If None, there are two values, and the larger is +1.
    test_fraction
        Fraction of the patterns of ``file`` that is held out, where there is no test file.
    labels, test_labels
        One label for each pattern: files, or an array, variable or column in the files of the
        patterns.
    image_shape
        Rows and columns of a pattern; None: as in the file.

    Returns
    -------
    Dataset
        The variables of ``pool.dataset``; ``image_shape`` among its attributes where it is known.

    Raises
    ------
    InputError
        If a file or its values cannot be used, or a setting does not fit it.
    """
    found = sizes(
        file=file,
        test_file=test_file,
        key=key,
        variable=variable,
        labels=labels,
        test_labels=test_labels,
        test_fraction=test_fraction,
        image_shape=image_shape,
    )
    name = key or variable
    values, train_labels = read.examples(file, name, labels)
    rule = reading(values, threshold, file)
    train, test = pool.Examples(spins(values, rule, file), train_labels), None
    pool.check_varied(train.spins, rule.threshold, file)
    if test_file is not None:
        values, unseen_labels = read.examples(test_file, name, test_labels or labels)
        test = pool.Examples(spins(values, rule, test_file), unseen_labels)
    elif found.train < len(values):
        train, test = pool.split(train, len(values) - found.train, rng())
    attrs: dict[str, Any] = {"title": "Patterns of an array", "kind": "arrays", "file": file.name}
    if found.image_shape is not None:
        attrs["image_shape"] = list(found.image_shape)
    remarks = [rule.remark] if rule.remark else []
    for path in filter(None, (file, test_file)):
        if path.suffix.lower() == ".csv" and table.layout(path, label_name(labels)).header:
            remarks.append(f"the first line of {path.name} names its columns")
    return pool.dataset(train, test, attrs, remarks, file)


class Reading(NamedTuple):
    """How values become spins: +1 above ``threshold``; ``values``: all that may occur, or None."""

    threshold: float
    values: tuple[float, float] | None
    remark: str


def reading(values: np.ndarray, threshold: float | None, source: str | Path) -> Reading:
    """How to read values: by a threshold, or as two values of which the larger is +1.

    Raises
    ------
    InputError
        Without a threshold if there are not two values; if any is NaN or infinite.
    """
    low, high = extremes(values, source)
    if threshold is not None:
        return Reading(threshold, None, f"values above {threshold:g} read as +1, the others as -1")
    if low == high:
        raise InputError(f"{source}: found no value but {low:g}, expected two")
    if not _among(values, low, high):
        raise InputError(
            f"{source}: found {len(np.unique(values))} distinct values from {low:g} to {high:g}, "
            "expected two, or a threshold"
        )
    known = (low, high) == (-1, 1)
    return Reading(
        low, (low, high), "" if known else f"values {low:g} and {high:g} read as -1 and +1"
    )


def spins(values: np.ndarray, rule: Reading, source: str | Path) -> np.ndarray:
    """Spins of values of any shape, int8.

    Raises
    ------
    InputError
        If a value is NaN, infinite, or none of those that may occur.
    """
    low, high = extremes(values, source)
    if rule.values is not None and not _among(values, *rule.values):
        raise InputError(
            f"{source}: found values from {low:g} to {high:g}, "
            f"expected {rule.values[0]:g} and {rule.values[1]:g} as in training"
        )
    return pool.binarised(values, rule.threshold)


def extremes(values: np.ndarray, source: str | Path) -> tuple[float, float]:
    """The smallest and the largest value. Raises InputError if any is NaN or infinite."""
    low, high = values.min().item(), values.max().item()
    if not np.isfinite([low, high]).all():
        count = np.count_nonzero(~np.isfinite(values))
        raise InputError(f"{source}: found {count} values that are NaN or infinite, expected none")
    return low, high


def _among(values: np.ndarray, low: float, high: float) -> bool:
    return bool(((values == low) | (values == high)).all())
