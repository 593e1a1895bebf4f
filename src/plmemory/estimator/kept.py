"""A memory in a file: NetCDF, in the format of the models of the workflow.

Reading it runs no code: it contains numbers, and settings as JSON.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from plmemory import border
from plmemory.errors import InputError
from plmemory.files.labelled import Dataset, read_dataset, write_file
from plmemory.files.provenance import libraries
from plmemory.files.whole import whole


class Kept(NamedTuple):
    """A model of one replicate, and the settings of its training."""

    model: Dataset
    rule: str
    settings: dict[str, Any]
    dtype: str
    seed: int | None


def write(path: str | Path, kept: Kept) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    told = {"method": kept.rule, "settings": kept.settings, "dtype": kept.dtype, "seed": kept.seed}
    parameters = json.dumps(told, sort_keys=True, default=lambda value: value.item())
    try:
        with whole(path) as unfinished:
            write_file(kept.model, unfinished, {"parameters": parameters, "libraries": libraries()})
    except OSError as fault:
        raise InputError(f"{path}: found no place to write a file, {fault.strerror}") from None


def read(path: str | Path, replicate: int) -> Kept:
    """Read a file of ``write``, or a model of the workflow.

    Raises
    ------
    InputError
        If it is not such a file, or is damaged.
    """
    try:
        whole_model = read_dataset(path)
    except (OSError, RuntimeError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or "no NetCDF"
        raise InputError(f"{path}: found {reason}, expected the file of a memory") from None
    try:
        told = json.loads(whole_model.attrs["parameters"])
        found = told["method"], dict(told["settings"]), told["dtype"], told["seed"]
        replicates = whole_model.sizes["replicate"]
    except (KeyError, TypeError, ValueError):
        raise InputError(f"{path}: found no couplings of a rule, expected a memory") from None
    if replicate >= replicates:
        raise InputError(f"replicate: found {replicate}, expected less than {replicates}")
    return Kept(_one(whole_model, replicate, str(path)), *found)


def _one(model: Dataset, replicate: int, path: str) -> Dataset:
    """One replicate of a model; checks that the numbers of the network are finite."""
    found = Dataset({}, model.attrs)
    for name, variable in model.variables.items():
        values = variable.values
        if "replicate" in variable.dims:
            axis = variable.dims.index("replicate")
            values = np.take(values, [replicate], axis)
        if "site" in variable.dims and values.dtype.kind == "f":
            border.finite(values, f"{path}: {name}")
        found[name] = (variable.dims, values, variable.attrs)
    sizes = found.sizes
    if sizes.get("source", sizes.get("site")) != sizes.get("site"):
        raise InputError(f"{path}: found {sizes['source']} sources, expected {sizes['site']}")
    return found
