"""Tables of numbers as text: a row in each line, fields separated by a delimiter.

Delimiters are comma, semicolon, tab or white space. Empty lines and lines that begin with # are
ignored. Only the standard library is used.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from plmemory.errors import InputError

MAX_LINE = 2**22
"""Most characters of a line: 160 000 sites with 17 digits each."""

DELIMITERS = ";\t,"
"""Looked for in this order; white space where a line has none of them."""


class Layout(NamedTuple):
    """How a table is laid out.

    delimiter: None for white space. header: whether the first line names the columns. label: the
    column of the labels, from 0, or None. columns: how many there are, that of the labels
    included.
    """

    delimiter: str | None
    header: bool
    label: int | None
    columns: int


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not empty or comments, with their numbers from 1.

    Raises
    ------
    InputError
        If the file cannot be read, is not text, or has a line that is too long.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as stream:
            for number in itertools.count(1):
                line = stream.readline(MAX_LINE)
                if not line:
                    return
                if len(line) == MAX_LINE or "\0" in line:
                    raise InputError(
                        f"{path}: line {number}: found no text of fewer than {MAX_LINE} "
                        "characters, expected rows of numbers"
                    )
                if line.strip() and not line.lstrip().startswith("#"):
                    yield number, line.rstrip("\n")
    except OSError as error:
        raise InputError(f"{path}: found a file that cannot be read ({error.strerror})") from None


def delimiter(line: str) -> str | None:
    """The delimiter of the fields of this line; None for white space."""
    return next((character for character in DELIMITERS if character in line), None)


def split(line: str, delimiter: str | None) -> list[str]:
    """The fields of a line; those in double quotes may hold the delimiter."""
    if delimiter is None:
        return line.split()
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except csv.Error:  # a field longer than any number
        return [line]


def layout(path: Path, labels: str | int | None) -> Layout:
    """Find the layout from the first line; ``labels`` is the name or number of their column.

    The first line is a header if no field except the label is a number, or if the fields are the
    numbers 0, 1, 2, ... of the columns.

    Raises
    ------
    InputError
        If the file is empty, or has no such column.
    """
    first = next(lines(path), None)
    if first is None:
        raise InputError(f"{path}: found an empty file, expected rows of numbers")
    apart = delimiter(first[1])
    fields = split(first[1], apart)
    label = None if labels is None else _column(fields, labels, path)
    values = [field for column, field in enumerate(fields) if column != label]
    counted = len(fields) > 2 and fields == [str(column) for column in range(len(fields))]
    header = counted or isinstance(labels, str) or not any(map(is_number, values))
    return Layout(apart, header, label, len(fields))


def rows(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """The fields of every row, with the numbers of their lines.

    Raises
    ------
    InputError
        If the number of fields in a row differs from the first row.
    """
    for number, line in itertools.islice(lines(path), int(layout.header), None):
        fields = split(line, layout.delimiter)
        if len(fields) != layout.columns:
            raise InputError(
                f"{path}: line {number}: found {len(fields)} fields, "
                f"expected {layout.columns} as in the first line"
            )
        yield number, fields


def shape(path: Path, labels: str | int | None) -> tuple[int, int]:
    """Rows, and columns besides that of the labels."""
    found = layout(path, labels)
    count = sum(1 for _ in lines(path)) - found.header
    return count, found.columns - (found.label is not None)


def single(path: Path, rows: int) -> list[str]:
    """The ``rows`` values of a file with one value in each line, perhaps after a header.

    Raises
    ------
    InputError
        If there are more or fewer, or several in a line.
    """
    values = []
    for number, line in lines(path):
        fields = split(line, delimiter(line) or ",")  # words may hold spaces
        if len(fields) != 1:
            raise InputError(
                f"{path}: line {number}: found {len(fields)} fields, expected one label"
            )
        values.append(fields[0].strip())
    if len(values) not in (rows, rows + 1):
        raise InputError(f"{path}: found {len(values)} labels, expected {rows}, one a pattern")
    return values[-rows:]


def _column(fields: list[str], labels: str | int, path: Path) -> int:
    if isinstance(labels, str):
        names = [field.strip() for field in fields]
        if names.count(labels) != 1:
            raise InputError(
                f"{path}: found {names.count(labels)} columns {labels!r} in the first line, "
                "expected one, of the labels"
            )
        return names.index(labels)
    if not -len(fields) <= labels < len(fields):
        raise InputError(
            f"{path}: found {len(fields)} columns, expected one of number {labels}, of the labels"
        )
    return labels % len(fields)


def is_number(field: str) -> bool:
    """Whether a field reads as a number."""
    try:
        float(field)
    except ValueError:
        return False
    return True
