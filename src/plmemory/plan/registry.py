"""All things of the workflow, found by looking into the folders of this package.

A folder below ``datasets``, ``networks``, ``learning``, ``measures`` or ``figures`` with an
``about.py`` is a thing; no list of names is needed.
"""

from __future__ import annotations

import functools
import importlib
from pathlib import Path
from typing import Any

from plmemory.plan.about import DataSet, Figure, Measure, Rule, SpinType

PACKAGE = Path(__file__).parents[1]


def datasets() -> dict[str, DataSet]:
    """Kinds of data sets by name."""
    return _abouts("datasets")


def spin_types() -> dict[str, SpinType]:
    """Spin types by name."""
    return _abouts("networks")


def rules() -> dict[str, Rule]:
    """Learning rules by name, which is a configuration entry's ``method``."""
    return _abouts("learning")


def measures() -> dict[str, Measure]:
    """Measures by name."""
    return _abouts("measures")


def figures() -> dict[str, Figure]:
    """Kinds of figures by name."""
    return _abouts("figures")


def module(room: str, name: str, part: str) -> str:
    """The dotted name of one part of a thing: ``module("learning", "hebb", "learn")``."""
    return f"{PACKAGE.name}.{room}.{name}.{part}"


def has(room: str, name: str, part: str) -> bool:
    """Whether a thing has this part."""
    return (PACKAGE / room / name / f"{part}.py").is_file()


@functools.cache
def _abouts(room: str) -> dict[str, Any]:
    folders = sorted(file.parent.name for file in (PACKAGE / room).glob("*/about.py"))
    return {name: importlib.import_module(module(room, name, "about")).ABOUT for name in folders}
