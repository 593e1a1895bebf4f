"""Write the results into docs/performance.md: the table and the figure."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from benchmarks import figure

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


def update(results: Path) -> None:
    """Write the table of ``results`` (results.csv) between the page's marks; draw the figure."""
    put(BEGIN, END, markdown(results))
    figure.save(results, PAGE.with_suffix(".png"))


def put(begin: str, end: str, lines: str) -> None:
    """Write lines between two marks of the page."""
    pattern = re.escape(begin) + ".*" + re.escape(end)
    block = f"{begin}\n{lines}{end}"
    PAGE.write_text(re.sub(pattern, lambda _: block, PAGE.read_text(), flags=re.DOTALL))


def markdown(results: Path) -> str:
    """The table, with numbers aligned to the right."""
    with results.open() as file:
        header, *rows = csv.reader(file)
    columns = ["---" if name in ("case", "size", "peer") else "---:" for name in header]
    names = [name.replace("_", " ") for name in header]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (names, columns, *rows))
