"""Published values of data sets, from the ``published`` module of each data set."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

DATASETS = Path(__file__).parents[2] / "datasets"


def of_dataset(kind: str) -> ModuleType | None:
    """The published values of a kind of data set; None if there are none."""
    if not (DATASETS / kind / "published.py").is_file():
        return None
    return importlib.import_module(f"plmemory.datasets.{kind}.published")
