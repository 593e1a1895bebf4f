"""Data of a figure for the script of the page: its packed table, and its charts."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from plmemory.figures.page.texts import number, plain, spaced
from plmemory.figures.shared import look, style

# Okabe and Ito (2008), for things without a look.
SHAPES = {"o": "circle", "s": "square", "D": "diamond", "v": "triangle-down", "^": "triangle-up"}
DASHES: dict[str, list[float]] = {
    "-": [1, 0],
    "--": [6, 3],
    "-.": [6, 2, 1, 2],
    ":": [2, 2],
    "": [1, 0],
}
DERIVED = {"sem": "standard error of", "theory": "theory of"}
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A5C3E", "#000000")


def script(name: str, described: Mapping[str, Any], table: pd.DataFrame) -> str:
    """A line of JavaScript with the data of a figure."""
    text = json.dumps(payload(described, table), ensure_ascii=False, allow_nan=False)
    packed = base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()
    return f'page.given({json.dumps(name)}, "{packed}");\n'


def payload(described: Mapping[str, Any], table: pd.DataFrame) -> dict[str, Any]:
    """Columns of the table, and charts and gallery with names and colours."""
    charts = [
        {**chart, "where": {k: list(v) for k, v in chart["where"].items()}}
        for chart in described["charts"]
        if any(table[column].notna().any() for column in chart["y"])
    ]
    shown = {column for chart in charts for column in (*chart["by"], *chart["panels"])}
    if described["gallery"]:
        shown |= set(described["gallery"]["leaf"])
    return {
        "columns": {str(column): _cells(table[column]) for column in table},
        "meanings": meanings(described["columns"], list(map(str, table))),
        "charts": charts,
        "gallery": described["gallery"],
        "axes": {str(column): title(str(column)) for column in table},
        "looks": {column: looks(table, column, described) for column in sorted(shown & set(table))},
    }


def _cells(column: pd.Series) -> list[Any]:
    """Numbers, words and, for values that JSON lacks, None or the words inf and -inf."""
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return [None if pd.isna(cell) else str(cell) for cell in column]
    found: list[Any] = []
    for cell in column.to_numpy():
        value = float(cell)
        if np.isfinite(value):
            found.append(int(value) if value.is_integer() else value)
        else:
            found.append(None if np.isnan(value) else ("inf" if value > 0 else "-inf"))
    return found


def meanings(told: Mapping[str, str], columns: list[str]) -> dict[str, str]:
    """The meaning of each column, including standard errors and common columns."""
    single = {name: text for names, text in told.items() for name in names.split(", ")}
    common = {
        "rule": "learning rule, as named in the configuration",
        "alpha": "load P/N",
        "converged": "whether learning reached what it promises, in all replicates",
    }
    known = common | single
    found = {}
    for column in columns:
        base, _, kind = column.rpartition("_")
        derived = f"{DERIVED[kind]} {spaced(base)}" if kind in DERIVED else ""
        found[column] = known.get(column) or derived
    return found


def title(column: str) -> str:
    """The axis title of a column, with Greek letters."""
    first, *index = column.split("_")
    letter = plain(rf"$\{first}$")
    return "_".join([letter, *index]) if letter != first else spaced(column)


def looks(table: pd.DataFrame, column: str, described: Mapping[str, Any]) -> dict[str, Any]:
    """Label and colour of each value of a column, by its word in the table."""
    known = look.told(list(described["looks"]))
    found = {}
    for place, value in enumerate(table[column].dropna().unique()):
        word = _cells(pd.Series([value]))[0]
        label = f"{column} {number(float(value))}" if not isinstance(value, str) else value
        told = look.Look(
            spaced(described["titles"].get(value, label)), PALETTE[place % len(PALETTE)]
        )
        if value in known:
            told = known[value]
        elif column == "start":
            told = style.start(str(value))
        found[str(word)] = {
            "label": plain(told.label),
            "color": told.color,
            "dash": dashes(told.line),
            "shape": SHAPES.get(told.marker, "cross"),
            "hollow": told.hollow,
        }
    return found


def dashes(line: Any) -> list[float]:
    """Lengths of strokes and gaps of a line style of matplotlib."""
    return DASHES[line] if isinstance(line, str) else [2 * length for length in line[1]]


def size(svg: str) -> tuple[int, int]:
    """Width and height of a picture, in points."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert found is not None, "matplotlib writes it"
    return round(float(found[1])), round(float(found[2]))


def slim(svg: str) -> str:
    """A picture with coordinates rounded to a hundredth of a point, which makes it smaller."""
    places = r' [dxy]="[^"]*"|translate\([^)]*\)'
    rounded = re.sub(places, lambda place: re.sub(r"(\d\.\d\d)\d+", r"\1", place[0]), svg)
    return re.sub(r"\s*\n\s*", "\n", rounded)
