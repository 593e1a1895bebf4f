"""Alternative texts of pictures, from their tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from plmemory.figures.page.texts import number, plain, spaced

MOST = 6  # names that are listed


def alternative(name: str, described: Mapping[str, Any], table: pd.DataFrame) -> str:
    """A sentence on each chart of a figure or, without charts, on the columns of numbers."""
    parts = [
        sentence
        for chart in described["charts"]
        for sentence in _curves(chart, chosen(table, chart["where"]), described)
    ]
    if not parts:
        numeric = [c for c in map(str, table) if pd.api.types.is_numeric_dtype(table[c])][:MOST]
        parts = [f"{_range(table, column)}." for column in numeric if _range(table, column)]
    rows = f"{len(table)} row{'s' * (len(table) != 1)} of numbers"
    return " ".join([f"Figure {spaced(name)}, from {rows}.", *parts])


def chosen(table: pd.DataFrame, where: Mapping[str, Any]) -> pd.DataFrame:
    """The rows that have one of the given words in each of the given columns."""
    kept = pd.Series(True, table.index)
    for column, words in where.items():
        kept &= table[column].astype(str).isin(words)
    return table[kept]


def _curves(chart: Mapping[str, Any], table: pd.DataFrame, described: Mapping[str, Any]) -> Any:
    labels = {look["name"]: plain(look["label"]) for look in described["looks"]}
    told = [_values(table, column, labels) for column in (*chart["by"], *chart["panels"])]
    for y in chart["y"]:
        span = _range(table, y)
        if span:
            words = [f"{span}, against {_range(table, chart['x']) or spaced(chart['x'])}"]
            yield f"{'; '.join([*words, *filter(None, told)])}."


def _range(table: pd.DataFrame, column: str) -> str:
    """A column and the range of its numbers; empty if it has none."""
    values = pd.to_numeric(table[column], errors="coerce")
    values = values[np.isfinite(values)]
    if values.empty:
        return ""
    low, high = number(float(values.min())), number(float(values.max()))
    reach = f"from {low} to {high}" if low != high else f"at {low}"
    return f"{spaced(column)} {reach}"


def _values(table: pd.DataFrame, column: str, labels: Mapping[str, str]) -> str:
    found = list(table[column].dropna().unique())
    if len(found) < 2:
        return ""
    words = [
        labels.get(str(value), plain(value) if isinstance(value, str) else number(value))
        for value in found
    ]
    if len(words) > MOST:
        words = [*words[: MOST - 1], f"{len(words) - MOST + 1} more"]
    return f"by {spaced(column)}: {', '.join(words)}"
