"""Values and labels from .npy, .npz, .csv and .nc files whose headers ``sizes`` has checked."""

from __future__ import annotations

import sys
import tokenize
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from plmemory.datasets.arrays import header, netcdf, table
from plmemory.datasets.arrays.sizes import Labels, label_file, label_name
from plmemory.datasets.limits import ALWAYS_READ, check_limits
from plmemory.datasets.readable import readable
from plmemory.errors import InputError

if TYPE_CHECKING:
    import netCDF4


def examples(file: Path, name: str | None, labels: Labels) -> tuple[np.ndarray, np.ndarray | None]:
    """The patterns of a file, (patterns, sites), and their labels, (patterns,) or None.

    Parameters
    ----------
    file
        A .npy, .npz, .csv or .nc file.
    name
        Key or variable of the patterns; None if there is only one.
    labels
        A file of labels, or their array, variable or column in the same file.

    Raises
    ------
    InputError
        If a file cannot be read, or has missing values, or text instead of numbers.
    """
    own, inside = label_file(labels), label_name(labels)
    found: np.ndarray | None = None
    if file.suffix.lower() == ".csv":
        values, found = _table(file, inside)
    else:
        values = _array(file, name, labels=inside)
        if inside is not None:
            found = _array(file, str(inside))
    if own is not None and own.suffix.lower() == ".csv":
        found = _texts(table.single(own, len(values)), own)
    elif own is not None:
        found = _array(own, None, ranks=(1, 2))
    return values.reshape(len(values), -1), None if found is None else found.reshape(-1)


def _array(
    path: Path,
    name: str | None,
    *,
    labels: str | int | None = None,
    ranks: Sequence[int] = (2, 3),
) -> np.ndarray:
    """The array whose shape ``header.read`` returns."""
    with readable(path):
        match path.suffix.lower():
            case ".npz":
                with zipfile.ZipFile(path) as archive:
                    key = name or header.only_member(archive, labels, path)
                    with archive.open(header.members(archive)[key]) as stream:
                        return _npy(stream, path)
            case ".nc":
                with netcdf.opened(path) as dataset:
                    variable = header.chosen_variable(dataset, name, labels, ranks, path)
                    values = _words(variable, path) if variable.dtype is str else variable[...]
                if np.ma.is_masked(values):
                    raise InputError(
                        f"{path}: found {np.ma.count_masked(values)} missing values, expected none"
                    )
                return np.ma.getdata(values)
            case _:
                with path.open("rb") as stream:
                    return _npy(stream, path)


def _words(variable: netCDF4.Variable, path: Path) -> np.ndarray:
    """Texts of a .nc file, a few at a time: all may be one long text, stored once."""
    step = max(1, ALWAYS_READ // (4 * path.stat().st_size))  # a text is no longer than its file
    words: list[str] = []
    for first in range(0, len(variable), step):
        with netcdf.little_memory():  # lengths in a damaged file may be wrong
            words += variable[first : first + step].ravel().tolist()
        _check_words(words, path)
    return np.array(words)


def _texts(words: list[str], path: Path) -> np.ndarray:
    _check_words(words, path)
    return np.array(words)


def _check_words(words: list[str], path: Path) -> None:
    """Raise InputError if an array of them, each as wide as the longest, were too large."""
    widest = max(map(len, words), default=0)
    check_limits((len(words),), 4 * widest, path, path.stat().st_size)


def _npy(stream: IO[bytes], path: Path) -> np.ndarray:
    try:
        values = np.lib.format.read_array(stream, allow_pickle=False)
    except (ValueError, SyntaxError, tokenize.TokenError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: found a damaged array ({reason})") from None
    if values.dtype.kind == "U" and values.dtype.itemsize:
        _check_characters(values, path)
    return values


def _check_characters(texts: np.ndarray, path: Path) -> None:
    """Raise InputError if a text has numbers that are no characters: Python cannot hold them."""
    number = np.dtype(np.uint32).newbyteorder(texts.dtype.byteorder)
    numbers = np.ascontiguousarray(texts).reshape(-1).view(number)
    wrong = numbers[(numbers > sys.maxunicode) | ((numbers >= 0xD800) & (numbers <= 0xDFFF))]
    if wrong.size:
        raise InputError(
            f"{path}: found a damaged array (a text with {wrong[0]:#x}), expected characters"
        )


def _table(path: Path, labels: str | int | None) -> tuple[np.ndarray, np.ndarray | None]:
    """Numbers of a .csv file, and the texts of the column of labels if there is one."""
    layout = table.layout(path, labels)
    values, texts = np.empty(table.shape(path, labels)), []
    for row, (number, fields) in zip(values, table.rows(path, layout), strict=True):
        if layout.label is not None:
            texts.append(fields.pop(layout.label).strip())
        try:
            row[...] = np.fromiter(map(float, fields), np.float64, len(row))
        except ValueError:
            column, field = next(
                (column, field)
                for column, field in enumerate(fields, start=1)
                if not table.is_number(field)
            )
            raise InputError(
                f"{path}: line {number}: found {field!r} as value {column}, expected a number"
            ) from None
    return values, None if layout.label is None else _texts(texts, path)
