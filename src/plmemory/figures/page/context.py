"""The content of the page as plain data: pure functions of the plan and of tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import yaml

from plmemory.figures.page.alternatives import alternative
from plmemory.figures.page.packed import meanings
from plmemory.figures.page.standing import MADE, MISSING, OUTDATED, Standing
from plmemory.figures.page.texts import plain, spaced
from plmemory.figures.page.verdicts import counts, rows
from plmemory.figures.shared import glossary

SYMBOLS = {plain(f"${name}$"): meaning for name, meaning in glossary.SYMBOLS}
Tables = Mapping[str, pd.DataFrame]


def page(
    told: Mapping[str, Any],
    tables: Tables,
    standings: Mapping[str, Standing],
    sizes: Mapping[str, tuple[int, int]],
) -> dict[str, Any]:
    """The variables of the template.

    ``told``: what the plan says about the run (``plan.told``). By names of figures: the existing
    ``tables``, the ``standings``, and the ``sizes`` of the pictures, in points.
    """
    figures = {
        name: figure(name, described, tables.get(name), standings[name], sizes.get(name))
        for name, described in told["figures"].items()
    }
    compared = [
        row
        for name, described in told["figures"].items()
        if described["verdicts"] and name in tables
        for row in rows(tables[name], described["titles"])
    ]
    return {
        "run": told["run"],
        "seed": told["seed"],
        "scale": told["scale"],
        "states": states(standings),
        "verdicts": compared,
        "counts": counts(compared),
        "compares": any(described["verdicts"] for described in told["figures"].values()),
        "categories": categories(figures),
        "glossary": {**SYMBOLS, **settings_symbols(told["symbols"])},
    }


def figure(
    name: str,
    described: Mapping[str, Any],
    table: pd.DataFrame | None,
    standing: Standing,
    size: tuple[int, int] | None,
) -> dict[str, Any]:
    """The content for one figure, made or missing."""
    shown = table is not None and size is not None
    return {
        "name": name,
        "title": spaced(name),
        "category": described["category"],
        "caption": described["caption"],
        "see": described["see"],
        "state": standing.state,
        "why": standing.why,
        "shown": shown,
        "size": size,
        "alternative": "" if table is None else alternative(name, described, table),
        "rows": 0 if table is None else len(table),
        "row": described["row"],
        "columns": {} if table is None else meanings(described["columns"], list(map(str, table))),
        "curves": bool(described["charts"]),
        "gallery": bool(described["gallery"]),
        "settings": settings(described["settings"]),
        "made": described["made"],
    }


def settings(entries: Mapping[str, Any]) -> str:
    """Settings as they stand in a configuration file."""
    text: str = yaml.safe_dump(
        dict(entries), sort_keys=False, allow_unicode=True, default_flow_style=None, width=88
    )
    return text


def categories(figures: Mapping[str, dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Figures by the kinds of their data, in the order of the configuration.

    Figures that exist come before missing ones, and so do kinds with such a figure: the
    configuration of one's own data is laid over one with many more figures.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for each in sorted(figures.values(), key=lambda each: not each["shown"]):
        found.setdefault(each["category"], []).append(each)
    return found


def states(standings: Mapping[str, Standing]) -> dict[str, int]:
    """How many figures are made, outdated and missing."""
    found = [standing.state for standing in standings.values()]
    return {state: found.count(state) for state in (MADE, OUTDATED, MISSING)}


def settings_symbols(symbols: list[Mapping[str, str]]) -> dict[str, str]:
    """Symbols of settings of rules in the run that are not in the glossary."""
    known = {sign for signs in SYMBOLS for sign in signs.split(", ")}
    found: dict[str, list[str]] = {}
    for each in symbols:
        sign = plain(f"${each['symbol']}$")
        if sign not in known:
            found.setdefault(sign, []).append(f"{each['meaning']} ({spaced(each['rule'])})")
    return {sign: "; ".join(dict.fromkeys(words)) for sign, words in found.items()}
