"""Where a result comes from, and how it gets to disk: labelled, whole, reproducible.

What is recorded depends on the inputs alone (no clock, user, host or absolute path), so
two clean runs of the same code write identical bytes.
"""

from __future__ import annotations

import errno
import importlib.metadata
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import plmemory
from plmemory.files import labelled
from plmemory.files.labelled import Dataset

FULL = 1 << 20  # bytes: a disk with less is called full
LIBRARIES = ("numba", "numpy", "scipy")
# What a result is made from may lie anywhere, and its code and lineage stand by themselves.
NOT_STAMPED = {"files", "code", "lineage"}
_OWN = f"plmemory {plmemory.__version__}"  # of the code that runs, installed or not


def stamp(parameters: Mapping[str, Any], code: str, lineage: str) -> dict[str, str]:
    """Provenance of one result: its parameters, digests of its code and of its whole lineage."""
    return {
        "parameters": json.dumps(parameters, sort_keys=True),
        "code": code,
        "lineage": lineage,
        "libraries": " ".join(
            [_OWN, *(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)]
        ),
    }


def write_result(dataset: Dataset, job: Any) -> None:
    """Write what a ``job`` of the workflow made, with its provenance, whole or not at all."""
    told = dict(job.params.job)
    parameters = {name: told[name] for name in told if name not in NOT_STAMPED}
    write_dataset(dataset, job.output[0], stamp(parameters, told["code"], told["lineage"]))


def write_dataset(dataset: Dataset, path: str | Path, attrs: Mapping[str, Any]) -> None:
    """Write a labelled ``dataset`` as NetCDF with more attributes, whole or not at all."""
    with whole(path) as unfinished:
        labelled.write_file(dataset, unfinished, attrs)


@contextmanager
def whole(path: str | Path) -> Iterator[Path]:
    """A temporary name beside ``path`` that becomes ``path`` if the block ends well.

    Raises
    ------
    OSError
        With ENOSPC if the disk is full. HDF5 itself calls that "permission denied" and the like.
    """
    target = Path(path)
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    unfinished.touch(exist_ok=False)  # its mode is the umask's
    try:
        yield unfinished
        unfinished.replace(target)
    except (OSError, RuntimeError) as fault:
        if shutil.disk_usage(target.parent).free < FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from fault
        raise
    finally:
        unfinished.unlink(missing_ok=True)
