"""A pool of a user's examples: binary values, held-out examples, classes, repeated patterns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from plmemory.errors import InputError
from plmemory.files.labelled import Dataset
from plmemory.networks.ising.states import ISING


class Examples(NamedTuple):
    """Patterns (P, N), int8 of +1/-1, and labels (P,), numbers or words, or None."""

    spins: np.ndarray
    labels: np.ndarray | None


def binarised(values: np.ndarray, threshold: float) -> np.ndarray:
    """Spins of any shape, int8: +1 where a value is above the threshold, else -1."""
    return np.where(values > threshold, np.int8(1), np.int8(-1))


def check_varied(spins: np.ndarray, threshold: float, source: str | Path) -> None:
    """Raise InputError if all spins are the same."""
    if spins.min() == spins.max():
        side = "above" if spins.flat[0] > 0 else "not above"
        raise InputError(
            f"{source}: found that all values are {side} the threshold of {threshold:g}, "
            "expected some on either side"
        )


def split(examples: Examples, test: int, rng: np.random.Generator) -> tuple[Examples, Examples]:
    """Training and test examples: ``test`` of them drawn at random, both in the order given."""
    drawn = np.zeros(len(examples.spins), dtype=bool)
    drawn[rng.choice(len(drawn), size=test, replace=False)] = True
    return _part(examples, ~drawn), _part(examples, drawn)


def _part(examples: Examples, chosen: np.ndarray) -> Examples:
    spins, labels = examples
    return Examples(spins[chosen], None if labels is None else labels[chosen])


def classes(labels: np.ndarray, source: str | Path) -> tuple[np.ndarray, list[str]]:
    """Labels as numbers (P,), and what the numbers 0, 1, ... stand for if the labels are words.

    Raises
    ------
    InputError
        If a number is NaN or infinite.
    """
    if labels.dtype.kind == "S":
        labels = np.char.decode(labels, "utf-8", "replace")
    try:
        numbers = labels.astype(np.float64)
    except ValueError:
        names, codes = np.unique(labels, return_inverse=True)
        return codes, names.tolist()
    if not np.isfinite(numbers).all():
        raise InputError(f"{source}: found labels that are NaN or infinite, expected finite ones")
    whole = bool((numbers == np.rint(numbers)).all())
    return numbers.astype(np.int64) if whole else numbers, []


def repetitions(train: np.ndarray, test: np.ndarray | None) -> list[str]:
    """Remarks on training patterns (P, N) that repeat others, and on test patterns among them."""
    seen = set(_bits(train))
    remarks = []
    if len(seen) < len(train):
        remarks.append(f"{len(train) - len(seen)} training patterns repeat another one")
    shared = 0 if test is None else sum(bits in seen for bits in _bits(test))
    if shared:
        remarks.append(f"{shared} test patterns are training patterns, too")
    return remarks


def _bits(spins: np.ndarray) -> list[bytes]:
    return [row.tobytes() for row in np.packbits(spins > 0, axis=1)]


def dataset(
    train: Examples,
    test: Examples | None,
    attrs: Mapping[str, Any],
    remarks: Sequence[str],
    source: str | Path,
) -> Dataset:
    """The labelled data set of a pool.

    Parameters
    ----------
    train, test
        Both with labels, or neither; ``test`` may be None.
    attrs
        Attributes of the data set.
    remarks
        What was done to the values; repeated patterns are added.
    source
        Where the labels come from, for messages.

    Returns
    -------
    Dataset
        ``train`` (pattern, site), ``test`` (test_pattern, site), int8; with labels
        ``train_label`` (pattern,), ``test_label`` (test_pattern,): numbers. Where the labels are
        words, the attribute ``label_names`` has them in the order of their numbers.

    Raises
    ------
    InputError
        If a label is NaN or infinite.
    """
    data = Dataset({}, dict(attrs))
    spins = {"units": "1", "convention": ISING}
    data["train"] = (("pattern", "site"), train.spins, spins)
    if test is not None:
        data["test"] = (("test_pattern", "site"), test.spins, spins)
    sides = [train] if test is None else [train, test]
    labels = [side.labels for side in sides if side.labels is not None]
    if labels:
        numbers, names = classes(np.concatenate(labels), source)
        label = {"units": "1", "long_name": "label"}
        data["train_label"] = ("pattern", numbers[: len(train.spins)], label)
        if test is not None:
            data["test_label"] = ("test_pattern", numbers[len(train.spins) :], label)
        if names:
            data.attrs["label_names"] = names
    lines = [*remarks, *repetitions(train.spins, None if test is None else test.spins)]
    data.attrs["remarks"] = "; ".join(lines)
    return data
