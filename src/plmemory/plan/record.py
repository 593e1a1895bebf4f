"""Tables of record: the rows of a run's tables that a page cites, stored beside the page.

A record of a run is one CSV file a figure, with the rows cited and all their columns, and
``lineages.csv``: for each figure the lineage of the run's table (empty for tables older than
lineages) and the SHA-256 of the record itself, which must not be edited.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from plmemory.errors import InputError
from plmemory.files import lineage
from plmemory.plan.numbers import percent, plus_minus

LINEAGES = "lineages.csv"
MEASURED = object()


class Row(Mapping[str, Any]):
    """One row of a table: cells are numbers if possible, else text; a missing cell is an error."""

    def __init__(self, where: str, cells: Mapping[str, str]) -> None:
        self._where = where
        self._cells = cells

    def __getitem__(self, column: str) -> Any:
        if column not in self._cells:
            found = ", ".join(self._cells)
            raise InputError(f"{self._where}: found the columns {found}, expected {column!r}")
        value = as_value(self._cells[column])
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            raise InputError(
                f"{self._where}: {column}: found {self._cells[column]!r}, expected a finite number"
            )
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def matches(self, column: str, wanted: Any) -> bool:
        """Whether the cell is ``wanted`` or one of a list, numbers to six digits.

        ``None``: it is empty; ``MEASURED``: it holds a finite number.
        """
        if isinstance(wanted, list):
            return any(self.matches(column, one) for one in wanted)
        value = as_value(self._cells[column])
        if wanted is MEASURED:
            return isinstance(value, float) and math.isfinite(value)
        if isinstance(value, float) and isinstance(wanted, int | float):
            return math.isclose(value, wanted, rel_tol=1e-6)
        return bool(value == wanted)

    def pm(self, column: str, sign: bool = False) -> str:
        """The cell and its standard error."""
        return plus_minus(self[column], self[f"{column}_sem"], sign)

    def percent(self, column: str) -> str:
        """The same as a percentage."""
        return percent(self[column], self[f"{column}_sem"])


def as_value(cell: str) -> float | bool | str | None:
    """The number that a cell holds, its truth value, its text; None if it is empty."""
    if cell in ("", "True", "False"):
        return {"": None, "True": True, "False": False}[cell]
    try:
        return float(cell)
    except ValueError:
        return cell


class Tables:
    """The tables of some runs, with a memory of the requested rows."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        """folders: of the tables, by run."""
        self.folders = folders
        self._tables: dict[tuple[str, str], list[dict[str, str]]] = {}
        self._cited: dict[tuple[str, str], set[int]] = {}

    def rows(self, figure: str, of: str = "laptop", **where: Any) -> list[Row]:
        """Rows of a figure's table, ``of`` a run, with the given cells, in the order of the table.

        Raises
        ------
        InputError
            If there is no such table or column, or no row for some value of a list.
        """
        place = f"{of}: {figure}"
        table = self._read(of, figure)
        all_rows = [Row(place, cells) for cells in table]
        for column in where:
            if column not in table[0]:
                found = ", ".join(table[0])
                raise InputError(f"{place}: found the columns {found}, expected {column!r}")
        found_rows = [
            number
            for number, row in enumerate(all_rows)
            if all(row.matches(column, wanted) for column, wanted in where.items())
        ]
        for column, wanted in where.items():
            for one in wanted if isinstance(wanted, list) else [wanted]:
                if not any(all_rows[number].matches(column, one) for number in found_rows):
                    raise InputError(f"{place}: found no row with {where}, {column} {one!r}")
        self._cited.setdefault((of, figure), set()).update(found_rows)
        return [all_rows[number] for number in found_rows]

    def row(self, figure: str, of: str = "laptop", **where: Any) -> Row:
        """The only row with the given cells.

        Raises
        ------
        InputError
            If there is none, or more than one.
        """
        found = self.rows(figure, of, **where)
        if len(found) > 1:
            raise InputError(f"{of}: {figure}: found {len(found)} rows with {where}, expected one")
        return found[0]

    def record(self, run: str, folder: Path) -> None:
        """Write what was cited of a run into ``folder``, in the place of an earlier record.

        Raises
        ------
        InputError
            If nothing of the run was cited.
        """
        cited = {figure: rows for (of, figure), rows in sorted(self._cited.items()) if of == run}
        if not cited:
            raise InputError(f"{run}: found no table that the page cites, expected a run it cites")
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.glob("*.csv"):
            file.unlink()
        noted = []
        for figure, numbers in cited.items():
            table = self._read(run, figure)
            file = folder / f"{figure}.csv"
            _write(file, [table[number] for number in sorted(numbers)])
            carried = lineage.carried([str(self.folders[run] / f"{figure}.csv")])
            noted.append(
                {"figure": figure, "lineage": carried, "record": lineage.content(str(file))}
            )
        _write(folder / LINEAGES, noted)

    def _read(self, run: str, figure: str) -> list[dict[str, str]]:
        if (run, figure) not in self._tables:
            if run not in self.folders:
                raise InputError(f"found no record of the run {run!r}, expected one of its tables")
            file = self.folders[run] / f"{figure}.csv"
            if not file.is_file():
                raise InputError(f"{file}: found no such table, expected one: the page cites it")
            with file.open(encoding="utf-8", newline="") as stream:
                self._tables[run, figure] = list(csv.DictReader(stream))
        return self._tables[run, figure]


def _write(file: Path, rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
