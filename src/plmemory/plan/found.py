"""docs/found.md, written from docs/found.in.md and the tables of record.

python -m plmemory.plan.found                   # writes the page from the tables of record
python -m plmemory.plan.found results/laptop    # takes what it cites from a run's tables first

The template is Jinja's, and this is its language besides:

``rows("random_rivals", rule="dreaming", alpha=[0.4, 0.5])``, ``row(...)``
    Rows of a figure's table, selected by their cells: a value, ``none`` (empty) or ``measured`` (a
    finite number); ``of="..."`` selects another run than laptop. Their columns are ``row.overlap``,
    or ``row.pm("overlap")`` and ``row.percent("share")`` with standard errors.
``setting("datasets.random.sites")``
    A value of config/config.yaml; with ``over="config/paper.yaml"`` that file laid over it.
``holds(condition, ...)``
    Prints nothing, and fails if the tables contradict: used beside each sentence that compares.
``differs(value, error, n)``
    Whether a mean of n differs from zero at 95 % confidence, by Student's t.
``less(rows, "overlap", "theory")``, ``over(...)``
    Differences and ratios of two columns, row by row; ``outside(rows, "overlap", n, "theory")``
    counts those that differ.
``exact("8 Å")``
    A number that is a definition, part of a name or derived; never a measured one.
"""

from __future__ import annotations

import math
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2
from scipy.special import stdtrit

from plmemory.errors import InputError
from plmemory.plan import configuration, numbers
from plmemory.plan.record import MEASURED, Row, Tables
from plmemory.plan.registry import PACKAGE

CHECKOUT = PACKAGE.parents[1]
TEMPLATE, PAGE, RECORDS = "docs/found.in.md", "docs/found.md", "docs/tables"


def environment(tables: Tables, checkout: Path = CHECKOUT) -> jinja2.Environment:
    """Jinja with the words of the page, reading ``tables``."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(checkout),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    configurations: dict[str | None, Any] = {}

    def setting(key: str, over: str | None = None) -> Any:
        if over not in configurations:
            files = filter(None, ("config/config.yaml", over))
            configurations[over] = configuration.of_files(checkout / file for file in files)
        return of(configurations[over], key)

    made.globals |= {
        "measured": MEASURED,
        "rows": tables.rows,
        "row": tables.row,
        "setting": setting,
        "holds": holds,
        "differs": differs,
        "exact": exact,
        "pm": numbers.plus_minus,
        "hypot": math.hypot,
        "less": less,
        "over": over,
        "outside": outside,
    }
    made.filters |= {
        "f": numbers.fixed,
        "g": numbers.general,
        "count": numbers.count,
        "word": numbers.word,
        "span": span,
    }
    return made


def page(tables: Tables, checkout: Path = CHECKOUT) -> str:
    """The page, filled in from ``tables``.

    Raises
    ------
    InputError
        Naming the line of the template that needs a missing cell or makes a wrong claim.
    """
    try:
        return environment(tables, checkout).get_template(TEMPLATE).render()
    except jinja2.TemplateSyntaxError as fault:
        raise InputError(f"{TEMPLATE}: line {fault.lineno}: {fault}") from None
    except (InputError, jinja2.UndefinedError) as fault:
        frames = traceback.extract_tb(fault.__traceback__)
        line = next(f.lineno for f in reversed(frames) if f.filename.endswith(TEMPLATE))
        raise InputError(f"{TEMPLATE}: line {line}: {fault}") from None


def records(checkout: Path = CHECKOUT) -> dict[str, Path]:
    """The folders of the tables of record, by run."""
    return {folder.name: folder for folder in sorted((checkout / RECORDS).glob("*/"))}


def write(checkout: Path = CHECKOUT, results: Iterable[Path] = ()) -> None:
    """Write the page; ``results``: folders of runs whose tables become those of record."""
    runs = {folder.name: folder / "tables" for folder in results}
    tables = Tables(records(checkout) | runs)
    text = page(tables, checkout)
    for run in runs:
        tables.record(run, checkout / RECORDS / run)
    (checkout / PAGE).write_text(text, encoding="utf-8")


def of(config: Any, key: str) -> Any:
    """The value at ``section.entry.key``; that of a data set, where it differs there.

    Raises
    ------
    InputError
        If there is no such key.
    """
    value = config
    for name in key.split("."):
        if not isinstance(value, dict) or name not in value:
            raise InputError(f"config: {key}: found no {name!r}, expected a key that there is")
        value = value[name]
    return value


def holds(*conditions: bool) -> str:
    """Nothing, if all conditions hold.

    Raises
    ------
    InputError
        If one does not.
    """
    if not all(conditions):
        number = list(map(bool, conditions)).index(False) + 1
        raise InputError(f"found condition {number} of a claim broken, expected it to hold")
    return ""


def differs(value: float, error: float, n: float) -> bool:
    """Whether a mean of n values with this standard error differs from zero at 95 % confidence."""
    return bool(abs(value) > stdtrit(n - 1, 0.975) * error)


def exact(text: str) -> str:
    """A number that was not measured: a definition, part of a name, or a derived constant."""
    return text


def less(rows: Iterable[Row], column: str, other: str) -> list[float]:
    """One column minus the other, row by row."""
    return [row[column] - row[other] for row in rows]


def over(rows: Iterable[Row], column: str, other: str) -> list[float]:
    """One column over the other, row by row."""
    return [row[column] / row[other] for row in rows]


def outside(rows: Iterable[Row], column: str, n: float, other: str | None = None) -> int:
    """How many means of n values differ, at 95 % confidence, from zero or another column."""
    return sum(
        differs(row[column] - (row[other] if other else 0), row[f"{column}_sem"], n) for row in rows
    )


def span(values: Iterable[float], digits: int, sign: bool = False) -> str:
    """The smallest and the largest: 0.03 to 0.07."""
    low, high = (numbers.fixed(value, digits, sign) for value in _ends(values))
    return low if low == high else f"{low} to {high}"


def _ends(values: Iterable[float]) -> tuple[float, float]:
    found = list(values)
    return min(found), max(found)


if __name__ == "__main__":
    try:
        write(results=map(Path, sys.argv[1:]))
    except InputError as fault:
        sys.exit(str(fault))
