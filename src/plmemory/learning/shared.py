"""What all rows of a network need, computed once for the jobs that learn parts of them.

Each replicate has named arrays, whose shapes may differ between replicates: the file has a variable
``<name>_<replicate>`` for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from plmemory.files.labelled import Dataset

Found = Mapping[str, Any]


def labelled(replicates: Sequence[Mapping[str, np.ndarray]]) -> Dataset:
    """The content of the file, from the named arrays of each replicate."""
    return Dataset(
        {
            f"{name}_{r}": (tuple(f"{name}_{r}_{axis}" for axis in range(np.ndim(array))), array)
            for r, found in enumerate(replicates)
            for name, array in found.items()
        }
    )


def of_replicates(dataset: Dataset) -> list[Found]:
    """The same arrays; large ones stay in the file until they are needed."""
    found: dict[int, dict[str, Any]] = {}
    for variable, values in dataset.variables.items():
        name, _, replicate = variable.rpartition("_")
        found.setdefault(int(replicate), {})[name] = values.stored
    return [found[r] for r in range(len(found))]
