"""The lineage that results carry: which code, settings and inputs they were made by.

A NetCDF file carries it behind its end, where HDF5 passes over it, and cuts it off when it writes
to the file again. A table and the files of a figure cannot all: a hidden file beside them holds it,
with a digest of their content. So no other content can pass for what was made.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from plmemory.errors import InputError

MARK = b"lineage "
LENGTH = 16  # of a lineage


def append(file: str | Path, lineage: str) -> None:
    """Write the lineage behind the end of a NetCDF file."""
    with Path(file).open("ab") as stream:
        stream.write(MARK + lineage.encode())


def note(files: Sequence[str], lineage: str) -> None:
    """Note the lineage of what one job made: files of one name in one folder."""
    _beside(files).write_text(f"{lineage} {content(*files)}\n", encoding="ascii")


def carried(files: Sequence[str]) -> str:
    """The lineage that the files of one job carry, nothing if there is none to be relied on."""
    if Path(files[0]).suffix == ".nc":
        return _appended(files[0])
    try:
        lineage, noted = _beside(files).read_text(encoding="ascii").split()
        return lineage if noted == content(*files) else ""
    except (OSError, ValueError):
        return ""


def content(*files: str) -> str:
    """SHA-256 of the content of files, one after the other."""
    found = hashlib.sha256()
    for file in files:
        with Path(file).open("rb") as stream:
            while block := stream.read(1 << 20):
                found.update(block)
    return found.hexdigest()


def check(inputs: Sequence[str], lineages: Sequence[str], contents: Mapping[str, str]) -> None:
    """See that what a job read is what its run planned.

    inputs, lineages: of the results that it read, if any. contents: of users' files, by their path.

    Raises
    ------
    InputError
        If another run has made one of the results meanwhile, or a file has changed.
    """
    for file, planned in contents.items():
        if content(file) != planned:
            raise InputError(
                f"{file}: found a change since this run was planned, expected none; start it again"
            )
    for file, lineage in zip(inputs if lineages else (), lineages, strict=True):
        if carried([file]) != lineage:
            raise InputError(
                f"{file}: found it made otherwise than this run planned, expected no other run in "
                "the same folder of results meanwhile; start this one again"
            )


def _appended(file: str) -> str:
    try:
        with Path(file).open("rb") as stream:
            stream.seek(-len(MARK) - LENGTH, os.SEEK_END)
            end = stream.read()
    except OSError:  # it is shorter
        return ""
    return end.removeprefix(MARK).decode(errors="replace") if end.startswith(MARK) else ""


def _beside(files: Sequence[str]) -> Path:
    first = Path(files[0])
    return first.with_name(f".{first.stem}.lineage")
