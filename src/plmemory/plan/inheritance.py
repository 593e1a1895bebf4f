"""Entries made from others: laid over them, inherited from them, or one of a family.

A family is a learning rule with a ``grid``, one setting with several values: it stands for one rule
for each value. Each of these is an entry like any other, ``<family>_<value>``, that inherits from
the family.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plmemory.errors import InputError
from plmemory.plan import registry, schema
from plmemory.plan.values import checked, nearest

Config = dict[str, Any]


def laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> Config:
    """Two mappings as one: merged key by key, where both are mappings, else ``above`` wins."""
    merged = dict(below)
    for key, value in above.items():
        mappings = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = laid_over(merged[key], value) if mappings else value
    return merged


def changed(below: Config | None, entry: Config) -> Config:
    """An entry laid over one of the same name, unless it names its kind itself."""
    if below is None or {schema.INHERIT, "method"} & entry.keys():
        return entry
    return laid_over(below, entry)


def inherited(key: str, name: str, entries: Mapping[str, Config]) -> Config:
    """The entry laid over what it inherits from."""
    chain = [name]
    entry = dict(entries[name])
    while schema.INHERIT in entry:
        parent = entry.pop(schema.INHERIT)
        if not isinstance(parent, str) or parent not in entries:
            known = [other for other in entries if other != name]
            raise InputError(
                f"config: {key}.from: found {parent!r}, expected one of {', '.join(known)}"
            )
        if parent in chain:
            circle = " from ".join([*chain, parent])
            raise InputError(f"config: {key}.from: found a circle, {circle}, expected an end")
        chain.append(parent)
        # Not the title, which belongs to the other entry.
        entry = laid_over({k: v for k, v in entries[parent].items() if k != schema.TITLE}, entry)
    return entry


def members(name: str, entry: Mapping[str, Any]) -> dict[str, tuple[str, float]]:
    """The rules of the family ``name``, each with its setting and value; none without a grid."""
    return {
        f"{name}_{_decimal(value)}": (setting, value)
        for setting, values in (entry.get("grid") or {}).items()
        for value in values
    }


def _decimal(value: float) -> str:
    """0.05, 2, 1000000: the value in digits that are allowed in a name."""
    return f"{value:.12f}".rstrip("0").rstrip(".")


def written_members(
    place: str, own: Mapping[str, Config], entries: Mapping[str, Config]
) -> dict[str, Config]:
    """The rules of the families among the ``own`` entries, as if they were written out.

    An own entry with the name of such a rule is laid over it. ``entries``: all entries to inherit
    from.
    """
    made: dict[str, Config] = {}
    found: dict[str, Config] | None = None
    while found != made:
        made, found = found or {}, {}
        for name in own:
            try:
                entry = inherited(f"{place}.{name}", name, {**entries, **made})
            except InputError:
                continue  # reported when the entry is completed
            grid = _grid(f"{place}.{name}", entry)
            for member, (setting, value) in members(name, {"grid": grid}).items():
                rule = {schema.INHERIT: name, "grid": None, setting: value}
                found[member] = changed(rule, own.get(member, {}))
    return made


def _grid(key: str, entry: Config) -> Config | None:
    """The checked grid of a family, None of a single rule."""
    method = entry.get("method")
    if "grid" not in entry or method not in registry.rules():
        return None
    grid = checked(f"{key}.grid", entry["grid"], schema.RULE["grid"])
    if grid is None:
        return None
    settings = registry.rules()[method].settings
    for setting, values in grid.items():
        if setting not in settings:
            raise InputError(
                f"config: {key}.grid: unknown key {setting!r}{nearest(setting, settings)}"
            )
        for place, value in enumerate(values):
            checked(f"{key}.grid.{setting}.{place}", value, settings[setting])
    return grid


def check_members(place: str, entries: Mapping[str, Config]) -> None:
    """Check that the rules of a family agree with their names."""
    for name, entry in entries.items():
        for member, (setting, value) in members(name, entry).items():
            rule = entries[member]
            if (rule["method"], rule.get(setting)) != (entry["method"], value):
                raise InputError(
                    f"config: {place}.{member}: found {setting} = {rule.get(setting)!r} of the "
                    f"method {rule['method']!r}, expected {value!r} of {entry['method']!r}: it is "
                    f"one of the family {name!r}"
                )
