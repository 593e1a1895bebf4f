"""Published numbers beside ours, as rows of words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from plmemory.figures.page.texts import measured, number, plain, spaced

KEY = ["dataset", "quantity", "alpha", "start"]
WORDS = {"true": "agrees", "false": "differs", "": "no verdict"}
ABSENT = "not in this run"


def rows(table: pd.DataFrame, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """One row per published number; those that the run does not contain come last.

    ``table``: of ``shared.comparison``; ``titles``: of data sets by name.
    """
    found = [_row(record, titles) for record in table.to_dict("records")]
    return sorted(found, key=lambda row: row["verdict"] == ABSENT)


def _row(record: Mapping[Any, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    name, start, load = record["dataset"], record["start"], record["alpha"]
    what = [spaced(record["quantity"])]
    what += [f"from {start} starts"] if isinstance(start, str) and start else []
    what += [] if pd.isna(load) else [f"α = {number(load)}"]
    told = str(record["agrees"]).lower()
    reason = record.get("reason")
    return {
        "key": key(record),
        "dataset": plain(titles.get(name, spaced(name))),
        "quantity": ", ".join(what),
        "published": f"{record['published']:.8g}".replace("-", "−"),
        "ours": measured(record["ours"], record["ours_sem"]),
        "error": number(record["ours_sem"]) if math.isfinite(record["ours"]) else "",
        "tolerance": number(record["tolerance"]),
        "reason": reason if isinstance(reason, str) else "",
        "verdict": WORDS.get("" if told == "nan" else told, ABSENT),
    }


def key(record: Mapping[Any, Any]) -> str:
    """The key of a published number, the same in every run."""
    return "|".join("" if pd.isna(record[name]) else str(record[name]) for name in KEY)


def counts(found: list[dict[str, Any]]) -> dict[str, int]:
    """The number of each verdict, in a fixed order."""
    counted = Counter(row["verdict"] for row in found)
    return {word: counted[word] for word in (*WORDS.values(), ABSENT) if counted[word]}
