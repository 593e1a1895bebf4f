"""What the results page says of the made-up tables, in plain data, a few lines a figure.

``tests/data/paged.txt`` holds it as it was when it was looked at: a record that shows a change, no
independent value. After a change that is meant:

    PYTHONPATH=src:tests python -m unit.paged     # writes it anew; read the difference
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import page_run
from unit.made_up_tables import TABLES, uneven
from unit.test_figures import SHEET

from plmemory.figures.page import alternatives, context, packed, verdicts
from plmemory.figures.page.standing import Standing
from plmemory.figures.page.texts import spaced
from plmemory.plan import registry

FILE = Path(__file__).parents[1] / "data/paged.txt"
LOOKS = [{"name": name, **look._asdict()} for name, look in SHEET.looks.items()]
WORDS = ("see", "caption", "row", "columns", "alternative")  # of contracts, or written already
STANDINGS = ("made", "outdated", "missing", "made")


def _of_figure(case: str) -> Iterator[tuple[str, Any]]:
    """Its sentences; what axes and values are called, their looks, and the first cells."""
    told = page_run.described(TABLES[case][0], case) | {"looks": LOOKS, "titles": SHEET.titles}
    table = uneven(page_run.table(case))
    for chart in registry.figures()[TABLES[case][0]].charts:
        table = table.assign(**dict.fromkeys(sorted(chart.columns - set(table)), 1.5))
    table = table.round(4)
    data = packed.payload(told, table)
    yield f"{case} says", alternatives.alternative(case, told, table)
    axes = {name: title for name, title in data["axes"].items() if title != spaced(name)}
    looks = {name: list(map(_look, its.items())) for name, its in data["looks"].items()}
    yield f"{case} looks", [axes, {name: [*its[:2], its[-1]] for name, its in looks.items()}]
    cells = {name: its[0] for name, its in data["columns"].items()}
    yield f"{case} cells", [cells, len(data["charts"]), bool(data["gallery"])]


def _look(one: tuple[str, dict[str, Any]]) -> str:
    name, its = one
    return " ".join(map(str, [name, *its.values()]))


def _of_page() -> Iterator[tuple[str, Any]]:
    told = page_run.told(*page_run.SHOWN)
    told["symbols"] += [told["symbols"][0] | {"rule": "other_rule"}]
    told["symbols"] += [{"symbol": r"\alpha", "meaning": "in the glossary", "rule": "daydreaming"}]
    states = zip(page_run.SHOWN, STANDINGS, strict=True)
    standings = {name: Standing(state, f"{state} so.") for name, state in states}
    tables = {name: page_run.table(name) for name in page_run.SHOWN if name != "examples"}
    page = context.page(told, tables, standings, dict.fromkeys(tables, (300, 200)))
    figures = [each for found in page.pop("categories").values() for each in found]
    glossary = page.pop("glossary")
    yield "page", page
    yield "glossary", [glossary.pop("τ", ""), len(glossary) - len(context.SYMBOLS)]
    for each in figures:
        yield each["name"], {name: value for name, value in each.items() if name not in WORDS}
    record = page_run.table("reproduction").to_dict("records")
    yield "keys", [verdicts.key(row) for row in record]


def lines() -> list[str]:
    """All that is recorded."""
    found = [*(line for case in TABLES for line in _of_figure(case)), *_of_page()]
    return [f"{key} | {json.dumps(value, ensure_ascii=False)}" for key, value in found]


if __name__ == "__main__":
    FILE.write_text("\n".join(lines()) + "\n")
