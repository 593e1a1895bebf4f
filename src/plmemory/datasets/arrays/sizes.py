"""Sizes of a data set from the headers of a user's arrays, and whether the settings fit.

Only the standard library is used, except for .nc files. ``load`` uses these sizes too, so both
agree.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from plmemory.datasets.arrays import header, table
from plmemory.datasets.limits import Sizes, check_sites, existing, expanded, held_out
from plmemory.errors import InputError

OTHERS = {
    "c": "complex numbers",
    "U": "text",
    "S": "text",
    "O": "Python objects",
    "V": "records",
    "M": "dates",
    "m": "durations",
}
"""What arrays hold that are no numbers, by NumPy's letters."""

Labels = str | int | Path | None
"""A file; or an array, variable or column of the file of the patterns; or nothing."""


def sizes(
    *,
    file: str | Path,
    test_file: str | Path | None,
    key: str | None,
    variable: str | None,
    labels: Labels,
    test_labels: str | Path | None,
    test_fraction: float,
    image_shape: Sequence[int] | None,
) -> Sizes:
    """The sizes that a data set of these settings has, as ``load`` finds them.

    Raises
    ------
    InputError
        If a file is missing, damaged or of another format, or if settings do not fit.
    """
    check(file, test_file, key, variable, labels, test_labels)
    name = key or variable
    found = shape(file, name, labels)
    check_labels(file, labels, found[0])
    if test_file is None:
        train = found[0] - held_out(found[0], test_fraction, file)
    else:
        train, test = found[0], shape(test_file, name, labels)
        check_labels(test_file, test_labels or labels, test[0])
        if test[1:] != found[1:]:
            raise InputError(
                f"{test_file}: found patterns of shape {test[1:]}, expected {found[1:]} as in file"
            )
    return Sizes(train, math.prod(found[1:]), _image_shape(found[1:], image_shape, file))


def check(
    file: str | Path,
    test_file: str | Path | None,
    key: str | None,
    variable: str | None,
    labels: Labels,
    test_labels: str | Path | None,
) -> None:
    """Raise InputError if settings contradict each other, for any content of the files."""
    ending = expanded(file).suffix.lower()
    for setting, value, only in (("key", key, ".npz"), ("variable", variable, ".nc")):
        if value is not None and ending != only:
            raise InputError(f"{setting}: found {value!r} for {file}, expected none but for {only}")
    named = label_name(labels)
    if named is not None and ending not in (
        (".csv",) if isinstance(named, int) else (".csv", ".npz", ".nc")
    ):
        raise InputError(
            f"labels: found {named!r} for {file}, expected a file with the ending "
            f"{', '.join(header.FORMATS)}, an array of a .npz, a variable of a .nc, or the name or "
            "number of a column of a .csv file"
        )
    if test_file is not None and expanded(test_file).suffix.lower() != ending:
        raise InputError(f"test_file: found {test_file}, expected the ending {ending} as in {file}")
    if (test_labels is not None) != (test_file is not None and label_file(labels) is not None):
        raise InputError(
            f"test_labels: found {test_labels}, expected a file if labels is a file and there is "
            "a test_file, else none"
        )


def label_file(labels: Labels) -> Path | None:
    """The file that ``labels`` names, known by its ending; None if it names none."""
    if labels is None or isinstance(labels, int):
        return None
    path = expanded(labels)
    return path if isinstance(labels, Path) or path.suffix.lower() in header.FORMATS else None


def label_name(labels: Labels) -> str | int | None:
    """The array, variable or column that ``labels`` names; None if it names none."""
    return None if isinstance(labels, Path) or label_file(labels) else labels


def shape(file: str | Path, name: str | None, labels: Labels) -> tuple[int, ...]:
    """(patterns, sites) or (patterns, rows, columns) of the array in ``file``.

    Parameters
    ----------
    name
        Its key in a .npz or its variable in a .nc file.
    labels
        Labels in the same file are not sites.

    Raises
    ------
    InputError
        If it cannot be read, or is no array of at least one pattern of at least two sites.
    """
    path = existing(file)
    found = header.read(path, name=name, labels=label_name(labels))
    if found.kind not in header.NUMBERS:
        raise InputError(f"{path}: found {OTHERS.get(found.kind, 'no numbers')}, expected numbers")
    if len(found.shape) not in (2, 3):
        raise InputError(
            f"{path}: found an array of shape {found.shape}, "
            "expected (patterns, sites) or (patterns, rows, columns)"
        )
    if found.shape[0] < 1:
        raise InputError(f"{path}: found no patterns, expected at least one")
    check_sites(math.prod(found.shape[1:]), path)
    return found.shape


def check_labels(file: str | Path, labels: Labels, patterns: int) -> None:
    """Raise InputError unless ``labels``, in ``file`` or a separate file, are one per pattern."""
    if labels is None:
        return
    path, name = existing(label_file(labels) or file), label_name(labels)
    if path.suffix.lower() == ".csv":
        if name is None:
            table.single(path, patterns)
        return  # a column beside the patterns is as long as they are
    found = header.read(path, name=None if name is None else str(name), ranks=(1, 2))
    right = found.shape in ((patterns,), (patterns, 1))
    if not right or found.kind not in header.NUMBERS + header.TEXT:
        raise InputError(
            f"{path}: found labels of shape {found.shape} ({OTHERS.get(found.kind, 'numbers')}), "
            f"expected {patterns} numbers or words, one a pattern"
        )


def _image_shape(
    pattern: tuple[int, ...], given: Sequence[int] | None, file: str | Path
) -> tuple[int, int] | None:
    """Rows and columns as given, else as in the file, where they are known."""
    shape = pattern if given is None else tuple(given)
    fits = shape == pattern if len(pattern) == 2 else math.prod(shape) == pattern[0]
    if not fits:
        raise InputError(
            f"image_shape: found {list(shape)}, expected rows and columns of the "
            f"{' x '.join(map(str, pattern))} sites of {file}"
        )
    return (shape[0], shape[1]) if len(shape) == 2 else None
