"""A small run in a folder, for the results page: tables, pictures, logs, lineages."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pandas as pd
from unit.made_up_tables import TABLES

from plmemory.figures.shared import style
from plmemory.files import lineage
from plmemory.plan import registry
from plmemory.plan.told import contract

LINEAGE = "0123456789abcdef"
SHOWN = ("retrieval_maps", "capacity", "examples", "reproduction")
REASONS = ["rounding of the printed number", "3 standard errors", "3 standard errors", ""]


def described(kind: str, name: str) -> dict[str, Any]:
    """What the page gets about a figure, see ``plan.told``."""
    about = registry.figures()[kind]
    return {
        "category": "made up",
        "caption": about.caption,
        **contract(about),
        "looks": [],
        "titles": {},
        "settings": {"figures": {name: {"figure": kind}}},
        "behind": ["data/random/P00010", f"models/random/{name}/P00010"],
        "made": {
            "lineage": LINEAGE,
            "code": "c0de",
            "table_code": "7ab1e",
            "modules": [registry.module("figures", kind, part) for part in ("table", "draw")],
        },
    }


def told(*names: str) -> dict[str, Any]:
    """A run of these cases of ``made_up_tables``."""
    return {
        "run": "small",
        "seed": 7,
        "scale": [{"name": "random", "kind": "random", "sites": 10, "replicates": 2}],
        "symbols": [{"symbol": r"\tau", "meaning": "length", "rule": "daydreaming"}],
        "figures": {name: described(TABLES[name][0], name) for name in names},
    }


def table(name: str) -> pd.DataFrame:
    """A made-up table, with reasons where it is one of published numbers."""
    kind, make = TABLES[name]
    made = make()
    return made.assign(reason=REASONS) if registry.figures()[kind].verdicts else made


def make(root: Path, *names: str) -> None:
    """Tables and pictures of some cases in the folder of a run."""
    (root / "tables").mkdir(parents=True, exist_ok=True)
    for name in names:
        draw = importlib.import_module(registry.module("figures", TABLES[name][0], "draw"))
        made = table(name)
        made.to_csv(root / f"tables/{name}.csv", index=False)
        files = style.save(draw.draw(made), root / f"figures/{name}")
        lineage.note([str(root / f"figures/{name}{file.suffix}") for file in files], LINEAGE)
