"""The table, on the screen and in benchmarks/results.csv.

Cases that run alone replace their rows of the table and leave the others.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import descent, optimum, page, potts, potts_optimum, recall, vectors
from benchmarks.race import DisagreementError, Row, race
from plmemory.machine.backend import select

RESULTS = Path(__file__).parent / "results.csv"
QUICK = Path(__file__).parent / "results_quick.csv"
WIDTHS = (34, 21, 9, 50, 9, 8, 9, 18, 15, 11)


def main() -> int:
    """Run the cases that the command line names; returns 1 if results disagree."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, about a minute")
    parser.add_argument(
        "--only", default="", help="cases whose name, or name: peer, begins with this"
    )
    arguments = parser.parse_args()
    device = select().device
    cases = [
        case
        for group in (descent, optimum, potts, potts_optimum, recall, vectors)
        for case in group.cases(arguments.quick, device)
        if _is_of(case.name, case.peer, arguments.only)
    ]
    target = QUICK if arguments.quick else RESULTS
    try:
        rows = [list(map(_text, row)) for row in _shown(map(race, cases))]
    except DisagreementError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    if target == RESULTS:
        rows = replaced(_read(target), rows, arguments.only)
    _write(rows, target)
    if target == RESULTS:
        page.update(target)
    print(f"written to {target.relative_to(Path.cwd())}")
    return 0


def _shown(rows: Iterable[Row]) -> Iterator[Row]:
    print(_line(Row._fields))
    for row in rows:
        print(_line(row), flush=True)
        yield row


def _line(fields: Iterable[Any]) -> str:
    cells = zip(map(_text, fields), WIDTHS, strict=True)
    return " ".join(cell.ljust(width) for cell, width in cells).rstrip()


def _text(value: Any) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.3g}"
    return str(value)


def replaced(rows: list[list[str]], new: list[list[str]], only: str) -> list[list[str]]:
    """``rows`` with ``new`` ones in place of those whose name and peer begin with ``only``."""
    peer = Row._fields.index("peer")
    old = [_is_of(row[0], row[peer], only) for row in rows]
    first = old.index(True) if any(old) else len(rows)
    kept = [row for row, replace in zip(rows, old, strict=True) if not replace]
    return [*kept[:first], *new, *kept[first:]]


def _is_of(name: str, peer: str, only: str) -> bool:
    return f"{name}: {peer}".startswith(only)


def _read(source: Path) -> list[list[str]]:
    with source.open(newline="") as file:
        return list(csv.reader(file))[1:]


def _write(rows: list[list[str]], target: Path) -> None:
    with target.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows(rows)
