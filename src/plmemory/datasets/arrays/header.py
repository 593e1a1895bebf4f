"""Shapes of a user's arrays, read from the headers of .npy, .npz, .csv and .nc files.

Only the standard library is used, except for .nc files: the Snakefile reads sizes without numpy.
"""

from __future__ import annotations

import ast
import math
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from plmemory.datasets.arrays import netcdf, table
from plmemory.datasets.limits import check_limits
from plmemory.datasets.readable import readable
from plmemory.errors import InputError

if TYPE_CHECKING:
    import netCDF4

FORMATS = (".npy", ".npz", ".csv", ".nc")

NUMBERS = "biuf"
TEXT = "US"
"""Kinds of values, by NumPy's letters."""

MAX_HEADER = 10_000
"""Most bytes of the header of a .npy array, as NumPy has it."""

MAX_LENGTH = 2**63 - 1
"""Most entries along an axis, as NumPy has it."""


class Header(NamedTuple):
    """Shape of an array, NumPy's letter for its kind, and bytes of each value (0 if not fixed)."""

    shape: tuple[int, ...]
    kind: str
    itemsize: int


def read(
    path: Path,
    *,
    name: str | None = None,
    labels: str | int | None = None,
    ranks: Sequence[int] = (2, 3),
) -> Header:
    """The header of the array in the file at ``path``, its size within the limits.

    Parameters
    ----------
    name
        The array of a .npz or the variable of a .nc file; None for the only one.
    labels
        Array, variable or column with the labels, which is ignored.
    ranks
        Numbers of dimensions of the wanted variable of a .nc file, in order of preference.

    Raises
    ------
    InputError
        If the file is of another format or damaged, or has no such array.
    """
    stored = path.stat().st_size
    with readable(path):
        match path.suffix.lower():
            case ".npy":
                with path.open("rb") as stream:
                    header = npy(stream, stored, path)
            case ".npz":
                with zipfile.ZipFile(path) as archive:
                    header = of_member(archive, name or only_member(archive, labels, path), path)
            case ".csv":
                header = Header(table.shape(path, labels), "f", 8)
            case ".nc":
                with netcdf.opened(path) as dataset:
                    header = of_variable(chosen_variable(dataset, name, labels, ranks, path))
            case ending:
                known = ", ".join(FORMATS)
                raise InputError(f"{path}: found the ending {ending!r}, expected one of {known}")
    check_limits(header.shape, header.itemsize, path, stored)
    return header


def npy(stream: IO[bytes], size: int, path: Path) -> Header:
    """Read the header of a .npy array; the stream then stands at its values.

    Versions 1 to 3 of the format, as numpy.lib.format describes it. ``size``: bytes of header and
    values, as the file system or the archive knows it.

    Raises
    ------
    InputError
        If the header is damaged, or its size is wrong.
    """
    start = stream.read(8)
    if start[:6] != b"\x93NUMPY" or start[6:7] not in (b"\1", b"\2", b"\3"):
        raise InputError(f"{path}: found something else than a .npy array")
    length = stream.read(2 if start[6] == 1 else 4)
    text = stream.read(min(int.from_bytes(length, "little"), MAX_HEADER))
    try:
        fields = ast.literal_eval(text.decode("utf-8" if start[6] == 3 else "latin-1"))
        header = _described(fields["descr"], fields["shape"])
    except (ValueError, SyntaxError, TypeError, KeyError, RecursionError, MemoryError):
        raise InputError(f"{path}: found a damaged header, expected a .npy array") from None
    left = size - len(start) - len(length) - len(text)
    if header.itemsize and left != math.prod(header.shape) * header.itemsize:
        raise InputError(
            f"{path}: found {left} bytes of values, expected an array of shape {header.shape} "
            f"with {header.itemsize} bytes each, as its header says"
        )
    return header


def _described(descr: object, shape: object) -> Header:
    """The header from its entries. Raises ValueError if they are not those of NumPy."""
    lengths = shape if isinstance(shape, tuple) else (None,)
    if not all(type(length) is int and 0 <= length <= MAX_LENGTH for length in lengths):
        raise ValueError
    if isinstance(descr, list):
        return Header(lengths, "V", 0)
    simple = re.fullmatch(r"[<>|=]?([A-Za-z])(\d{0,9})(?:\[\w+\])?", str(descr))
    if simple is None:
        raise ValueError
    kind, width = simple.groups()
    if kind in NUMBERS and not int(width or 0):  # a number without a width
        raise ValueError
    return Header(lengths, kind, int(width or 0) * (4 if kind == "U" else 1))


def members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The arrays of a .npz file by their keys."""
    return {
        entry.filename.removesuffix(".npy"): entry
        for entry in archive.infolist()
        if entry.filename.endswith(".npy")
    }


def only_member(archive: zipfile.ZipFile, labels: str | int | None, path: Path) -> str:
    """The key of the only array besides the labels. Raises InputError if there are others."""
    keys = [key for key in members(archive) if key != labels]
    if len(keys) != 1:
        raise InputError(
            f"{path}: found {len(keys)} arrays ({', '.join(keys)}), expected one, or a key"
        )
    return keys[0]


def of_member(archive: zipfile.ZipFile, key: str, path: Path) -> Header:
    """The header of one array of a .npz file. Raises InputError if it cannot be used."""
    known = members(archive)
    if key not in known:
        raise InputError(f"{path}: found no array {key!r}, expected one of {', '.join(known)}")
    # Other methods unpack megabytes from a few bytes before we could stop them.
    if known[key].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(f"{path}: found {key!r} packed otherwise than numpy packs arrays")
    with archive.open(known[key]) as stream:
        return npy(stream, known[key].file_size, path)


def chosen_variable(
    dataset: netCDF4.Dataset,
    name: str | None,
    labels: str | int | None,
    ranks: Sequence[int],
    path: Path,
) -> netCDF4.Variable:
    """The named variable, or the only one of a rank besides the labels. Raises InputError."""
    known = dataset.variables
    if name is not None:
        if name not in known:
            raise InputError(
                f"{path}: found no variable {name!r}, expected one of {', '.join(known)}"
            )
        return known[name]
    for rank in ranks:
        names = [name for name in known if name != labels and known[name].ndim == rank]
        if len(names) == 1:
            return known[names[0]]
        if names:
            raise InputError(
                f"{path}: found {len(names)} variables of {rank} dimensions ({', '.join(names)}), "
                "expected one, or a name"
            )
    raise InputError(
        f"{path}: found no variable of {' or '.join(map(str, ranks))} dimensions, expected one"
    )


def of_variable(variable: netCDF4.Variable) -> Header:
    """The header of a variable of a NetCDF file."""
    import netCDF4

    if variable.dtype is str:
        return Header(variable.shape, "U", 0)
    if isinstance(variable.datatype, netCDF4.VLType):
        return Header(variable.shape, "O", 0)
    packed = {"scale_factor", "add_offset"} & set(variable.ncattrs())
    itemsize = max(variable.dtype.itemsize, 8 if packed else 0)  # unpacked values are float64
    return Header(variable.shape, variable.dtype.kind, itemsize)
