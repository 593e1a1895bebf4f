"""Where a result comes from, and how it gets to disk: labelled, whole, reproducible.

What is recorded depends on the inputs alone (no clock, user, host or absolute path), so
two clean runs of the same commit write identical bytes.
"""

from __future__ import annotations

import errno
import importlib.metadata
import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import plmemory
from plmemory.files import labelled

FULL = 1 << 20  # bytes: a disk with less is called full
LIBRARIES = ("numba", "numpy", "scipy", "torch", "xarray")
_OWN = f"plmemory {plmemory.__version__}"  # of the code that runs, installed or not


def stamp(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Provenance of one result: its resolved parameters, the code and the libraries."""
    return {
        "parameters": json.dumps(parameters, sort_keys=True),
        "code": _commit(),
        "libraries": " ".join([_OWN, *filter(None, map(_version, LIBRARIES))]),
    }


def write_dataset(dataset: Any, path: str | Path, parameters: Mapping[str, Any]) -> None:
    """Write a labelled or xarray ``dataset`` as NetCDF with its provenance, whole or not at all."""
    with whole(path) as unfinished:
        labelled.write_file(dataset, unfinished, stamp(parameters))


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


def _version(library: str) -> str | None:
    """Name and version; None where it is not installed, as torch need not be."""
    try:
        return f"{library} {importlib.metadata.version(library)}"
    except importlib.metadata.PackageNotFoundError:
        return None


def _commit() -> str:
    """The commit of the checkout this package runs from, marked if tracked files differ."""
    here = Path(__file__).parent
    try:
        commit = _git(here, "rev-parse", "HEAD")
        dirty = _git(here, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return _OWN
    return f"commit {commit}{' with uncommitted changes' if dirty else ''}"


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
