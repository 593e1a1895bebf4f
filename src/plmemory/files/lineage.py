"""The lineage of results, a digest of code, settings and inputs, and their checksum.

A NetCDF file carries both after its end: HDF5 ignores them, and cuts them off when it writes to the
file again. Tables and pictures cannot all carry them, so they are in a hidden file beside these.
Therefore no other content can be mistaken for the result.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from plmemory.errors import InputError
from plmemory.files.whole import remove_unfinished, whole

MARK = b"lineage "
LENGTH = 16  # of a lineage
APPENDED = {".nc", ".npz"}  # files that carry it after their end
END = len(MARK) + LENGTH + 1 + 64  # bytes: the mark, a lineage, a blank, a checksum


def append(file: str | Path, lineage: str) -> None:
    """Write the lineage and the checksum after the end of a NetCDF file or a checkpoint."""
    end = MARK + f"{lineage} {content(str(file))}".encode()
    with Path(file).open("ab") as stream:
        stream.write(end)


def note(files: Sequence[str], lineage: str) -> None:
    """Write the lineage of the outputs of one job: files of one name in one folder."""
    beside = _beside(files)
    remove_unfinished(beside)
    with whole(beside) as unfinished:
        unfinished.write_text(f"{lineage} {content(*files)}\n", encoding="ascii")


def carried(files: Sequence[str]) -> str:
    """The lineage that the outputs of one job carry; empty if there is no valid one.

    For this, tables and figures are read completely; a NetCDF file is not: see ``intact``.
    """
    if Path(files[0]).suffix in APPENDED:
        return _appended(files[0])[0]
    try:
        lineage, noted = _beside(files).read_text(encoding="ascii").split()
        return lineage if noted == content(*files) else ""
    except (OSError, ValueError):
        return ""


def intact(file: str | Path) -> bool:
    """Whether a NetCDF file, or a table, has the content that its checksum says."""
    if Path(file).suffix not in APPENDED:
        return bool(carried([str(file)]))
    noted = _appended(str(file))[1]
    return bool(noted) and noted == content(str(file), without=END)


def content(*files: str, without: int = 0) -> str:
    """SHA-256 of the content of files, one after the other, ``without`` some bytes at each end."""
    found = hashlib.sha256()
    for file in files:
        with Path(file).open("rb") as stream:
            left = os.fstat(stream.fileno()).st_size - without
            while left > 0 and (block := stream.read(min(left, 1 << 20))):
                found.update(block)
                left -= len(block)
    return found.hexdigest()


def check_content(inputs: Sequence[str]) -> None:
    """Check that the results that a job reads are as they were written.

    The next run makes a damaged result again: it is kept, but its lineage is removed. If the file
    itself were removed, Snakemake would not make it again, since later results exist.

    Raises
    ------
    InputError
        If one is damaged.
    """
    for file in inputs:
        if not intact(file):
            _disown(file)
            raise InputError(
                f"{file}: found other content than its checksum says, expected what its job wrote; "
                "start this run again, which makes it anew"
            )


def check(inputs: Sequence[str], lineages: Sequence[str], contents: Mapping[str, str]) -> None:
    """Check that the inputs that a job read are those that its run planned.

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


def _disown(file: str) -> None:
    """Cut off the bytes after the end of a file."""
    if any(_appended(file)):
        os.truncate(file, os.stat(file).st_size - END)


def _appended(file: str) -> tuple[str, str]:
    """The lineage and the checksum after the end of a file."""
    try:
        with Path(file).open("rb") as stream:
            stream.seek(-END, os.SEEK_END)
            end = stream.read()
    except OSError:  # the file is shorter
        return "", ""
    lineage, _, checksum = end.removeprefix(MARK).decode(errors="replace").partition(" ")
    return (lineage, checksum) if end.startswith(MARK) else ("", "")


def _beside(files: Sequence[str]) -> Path:
    first = Path(files[0])
    return first.with_name(f".{first.stem}.lineage")
