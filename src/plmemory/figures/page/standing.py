"""Existing results of a run, and reasons for missing ones: files, lineages, logs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from plmemory.figures.page.texts import measured
from plmemory.figures.page.verdicts import key
from plmemory.figures.shared.style import SUFFIXES
from plmemory.files import lineage

MADE, OUTDATED, MISSING = "made", "outdated", "missing"


class Standing(NamedTuple):
    """Whether a figure is made, outdated or missing, and the reason in a sentence."""

    state: str
    why: str = ""


def standing(root: Path, name: str, described: Mapping[str, Any]) -> Standing:
    """The standing of a figure of the run in ``root``."""
    files = [str(root / f"figures/{name}{end}") for end in SUFFIXES]
    if all(Path(file).is_file() for file in [*files, f"{root}/tables/{name}.csv"]):
        if lineage.carried(files) == described["made"]["lineage"]:
            return Standing(MADE)
        return Standing(OUTDATED, "It was made with other settings or sources than those now.")
    needed = [*described["behind"], f"tables/{name}", f"figures/{name}"]
    lacking = [stem for stem in needed if not _there(root, stem)]
    count = f"{len(needed) - len(lacking)} of the {len(needed)} results it needs are there."
    for stem in lacking:
        if said := last_line(root / f"logs/{stem}.log"):
            return Standing(MISSING, f"{count} The log of {stem} ends: {said}")
    return Standing(MISSING, f"{count} No job of those missing has left a word.")


def _there(root: Path, stem: str) -> bool:
    ends = {"tables": [".csv"], "figures": SUFFIXES}.get(stem.partition("/")[0], [".nc"])
    return all((root / f"{stem}{end}").is_file() for end in ends)


def last_line(log: Path) -> str:
    """The last line of a log without its time; empty if there is none."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    said = next((line for line in reversed(lines) if line.strip()), "")
    date, _, rest = said.partition(" ")
    return rest.partition(" ")[2] if date[:4].isdigit() and "-" in date else said.strip()


def seconds(root: Path, name: str, described: Mapping[str, Any]) -> dict[str, float]:
    """Run time of the two jobs of a figure, and of all jobs behind it, as far as recorded."""
    own = list(_noted(root, [f"tables/{name}", f"figures/{name}"]))
    behind = list(_noted(root, described["behind"]))
    return {"own": sum(own), "behind": sum(behind), "jobs": len(own) + len(behind)}


def _noted(root: Path, stems: Iterable[str]) -> Iterable[float]:
    """Seconds by the files that Snakemake's ``benchmark`` writes, parts of a model included."""
    for stem in stems:
        inside = stem.partition("/")[2]
        parts = sorted((root / "times/parts" / inside).glob("*.tsv"))
        for file in (root / f"times/{stem}.tsv", *parts):
            if file.is_file():
                with file.open(encoding="utf-8", newline="") as stream:
                    yield from (float(row["s"]) for row in csv.DictReader(stream, delimiter="\t"))


def other_runs(root: Path, verdicts: Iterable[str]) -> dict[str, Any]:
    """Runs beside this one: whether they have a page, their figures, and their verdicts by key."""
    found = {}
    for folder in sorted(root.parent.iterdir()):
        figures = sorted(file.stem for file in folder.glob("figures/*.svg"))
        if folder.name == root.name or not figures:
            continue
        tables = [folder / f"tables/{name}.csv" for name in verdicts]
        records = [
            record
            for table in tables
            if table.is_file()
            for record in pd.read_csv(table).to_dict("records")
        ]
        found[folder.name] = {
            "page": (folder / "page/index.html").is_file(),
            "figures": figures,
            "verdicts": {key(record): _compared(record) for record in records},
        }
    return found


def _compared(record: Mapping[Any, Any]) -> str:
    return measured(record["ours"], record["ours_sem"]) or "not in that run"
