"""Published values of data sets: each data set says what is published of it."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

DATASETS = Path(__file__).parents[2] / "datasets"


def of_dataset(kind: str) -> ModuleType | None:
    """What is published of a kind of data set, None where there is nothing."""
    if not (DATASETS / kind / "published.py").is_file():
        return None
    return importlib.import_module(f"plmemory.datasets.{kind}.published")
