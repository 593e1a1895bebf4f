"""The lineage that results carry, by which code, settings and inputs they were made; a checksum.

A NetCDF file carries both behind its end, where HDF5 passes over them, and cuts them off when it
writes to the file again. A table and the files of a figure cannot all: a hidden file beside them
holds them. So no other content can pass for what was made.
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
APPENDED = {".nc", ".npz"}  # files that carry it behind their end
END = len(MARK) + LENGTH + 1 + 64  # bytes: the mark, a lineage, a blank, a checksum


def append(file: str | Path, lineage: str) -> None:
    """Write the lineage and the checksum behind the end of a NetCDF file, or a checkpoint."""
    end = MARK + f"{lineage} {content(str(file))}".encode()
    with Path(file).open("ab") as stream:
        stream.write(end)


def note(files: Sequence[str], lineage: str) -> None:
    """Note the lineage of what one job made: files of one name in one folder."""
    beside = _beside(files)
    remove_unfinished(beside)
    with whole(beside) as unfinished:
        unfinished.write_text(f"{lineage} {content(*files)}\n", encoding="ascii")


def carried(files: Sequence[str]) -> str:
    """The lineage that the files of one job carry, nothing if there is none to be relied on.

    Tables and figures are read for it, a NetCDF file is not: see ``intact``.
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
    """SHA-256 of the content of files, one after the other, ``without`` so many bytes at ends."""
    found = hashlib.sha256()
    for file in files:
        with Path(file).open("rb") as stream:
            left = os.fstat(stream.fileno()).st_size - without
            while left > 0 and (block := stream.read(min(left, 1 << 20))):
                found.update(block)
                left -= len(block)
    return found.hexdigest()


def check_content(inputs: Sequence[str]) -> None:
    """See that results that a job is to read are as they were written.

    One that is not is made again by the next run: it is left, without what it carried. Were it
    removed, Snakemake would not miss it, for what was made from it is there.

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


def _disown(file: str) -> None:
    """Cut off what stands behind the end of a file."""
    if any(_appended(file)):
        os.truncate(file, os.stat(file).st_size - END)


def _appended(file: str) -> tuple[str, str]:
    """The lineage and the checksum behind the end of a file."""
    try:
        with Path(file).open("rb") as stream:
            stream.seek(-END, os.SEEK_END)
            end = stream.read()
    except OSError:  # it is shorter
        return "", ""
    lineage, _, checksum = end.removeprefix(MARK).decode(errors="replace").partition(" ")
    return (lineage, checksum) if end.startswith(MARK) else ("", "")


def _beside(files: Sequence[str]) -> Path:
    first = Path(files[0])
    return first.with_name(f".{first.stem}.lineage")
