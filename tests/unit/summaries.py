"""Records of what was computed: blocks of lines ``name shape mean size`` in files of tests/data."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Numbers = Iterable[tuple[str, Any]]


def summary(values: Any) -> tuple[str, float, float]:
    """The shape of an array, the mean of its numbers with different weights, and their size.

    Numbers that are not defined count as an unlikely number.
    """
    numbers = np.nan_to_num(np.asarray(values, float), nan=0.777, posinf=0.888)
    flat = numbers.ravel()
    weights = 1 + np.cos(1 + 2.3 * np.arange(flat.size))
    shape = "x".join(map(str, numbers.shape)) or "1"
    return shape, float((weights * flat).mean()), float(np.sqrt((flat**2).mean()))


def write(file: Path, found: Mapping[str, Numbers]) -> None:
    """Write a record anew: numbers by the name of a block."""
    texts = []
    for block, numbers in found.items():
        told = ((name, summary(values)) for name, values in numbers)
        lines = [f"{name} {shape} {mean:.6g} {size:.6g}" for name, (shape, mean, size) in told]
        texts.append("\n".join([block, *lines]))
    file.write_text("\n\n".join(texts) + "\n")


def read(file: Path) -> dict[str, list[str]]:
    """By block, what the file says of it."""
    blocks = (block.splitlines() for block in file.read_text().strip().split("\n\n"))
    return {name: lines for name, *lines in blocks}


def compare(lines: list[str], numbers: Numbers, counted: Iterable[str] = ()) -> None:
    """Check numbers against the lines of a block; those ``counted`` may differ by a fifth."""
    found, expected = list(numbers), [line.rsplit(" ", 3) for line in lines]
    assert [name for name, _ in found] == [name for name, *_ in expected]
    for (name, values), (_, shape, mean, size) in zip(found, expected, strict=True):
        told = summary(values)
        assert told[0] == shape, name
        close = float(size) * (0.2 if name in counted else 1e-4)
        assert told[1:] == pytest.approx((float(mean), float(size)), abs=close), name
