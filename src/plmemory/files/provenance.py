"""The provenance that each result carries: labelled, complete, reproducible.

The record depends on the inputs alone (no clock, user, host or absolute path), so two clean runs of
the same code write identical bytes.
"""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import plmemory
from plmemory.files import labelled, lineage
from plmemory.files.labelled import Dataset
from plmemory.files.whole import whole

LIBRARIES = ("numba", "numpy", "scipy")
# Inputs may be in any folder; code and lineage are recorded separately.
NOT_STAMPED = {"files", "code", "lineage"}
_OWN = f"plmemory {plmemory.__version__}"  # version of the running code, installed or not


def stamp(parameters: Mapping[str, Any], code: str, lineage: str) -> dict[str, str]:
    """Provenance of one result: its parameters, digests of its code and of its whole lineage."""
    return {
        "parameters": json.dumps(parameters, sort_keys=True),
        "code": code,
        "lineage": lineage,
        "libraries": libraries(),
    }


def libraries() -> str:
    """The versions of all libraries that affect the numbers."""
    return " ".join([_OWN, *(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)])


def write_result(dataset: Dataset, job: Any) -> None:
    """Write the result of a ``job`` of the workflow, with its provenance, whole or not at all."""
    told = dict(job.params.job)
    parameters = {name: told[name] for name in told if name not in NOT_STAMPED}
    write_dataset(dataset, job.output[0], stamp(parameters, told["code"], told["lineage"]))


def write_dataset(dataset: Dataset, path: str | Path, attrs: Mapping[str, Any]) -> None:
    """Write a labelled ``dataset`` as NetCDF with its ``stamp``, whole or not at all."""
    with whole(path) as unfinished:
        labelled.write_file(dataset, unfinished, attrs)
        lineage.append(unfinished, attrs["lineage"])
