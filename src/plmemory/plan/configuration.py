"""From a user's configuration to a complete one, or to one line that names the fault.

Entries may inherit (``from``) and may omit keys with a default. The result is complete and strict:
every key of every entry is present, with a value that its schema allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from plmemory.errors import InputError
from plmemory.plan import parts, registry, schema
from plmemory.plan.inheritance import (
    Config,
    changed,
    check_members,
    inherited,
    laid_over,
    written_members,
)
from plmemory.plan.values import as_text, checked, keys, nearest

LEARNING = "learning"


def check_files(files: Iterable[Path | str]) -> None:
    """Check that no YAML file has a key twice: all but the last would be lost.

    Raises
    ------
    InputError
        Naming the file, the line and the key.
    """
    for file in files:
        tree = yaml.compose(Path(file).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for node, line in _twice(tree):
            raise InputError(
                f"{file}: line {line + 1}: found the key {node!r} twice, expected once"
            )


def _twice(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen and name != "<<":
                yield name, key.start_mark.line
            seen.add(name)
            yield from _twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _twice(value)


def of_files(files: Iterable[Path]) -> Config:
    """The complete configuration of YAML files, each laid over the last; see ``complete``."""
    written: Config = {}
    for file in files:
        written = laid_over(written, yaml.safe_load(file.read_text(encoding="utf-8")))
    return complete(written)


def complete(written: Mapping[str, Any], given: Mapping[str, Any] | None = None) -> Config:
    """The complete configuration from what was ``written``; ``given``: from the command line.

    Raises
    ------
    InputError
        One line: the key, what was found, what was expected.
    """
    written = laid_over(written, as_text(given or {}))
    known = [*schema.TOP, *schema.SECTIONS]
    for key in written:
        if key not in known:
            raise InputError(f"config: unknown key {key!r}{nearest(key, known)}")
    missing = [key for key in known if key not in written]
    if missing:
        raise InputError(f"config: missing {keys(missing)}")
    config: Config = {
        key: checked(key, written[key], setting) for key, setting in schema.TOP.items()
    }
    for section in schema.SECTIONS:
        entries = _entries(section, written[section])
        if section == LEARNING:
            entries |= written_members(section, entries, entries)
        config[section] = {name: _entry(section, name, section, entries) for name in entries}
    check_members(LEARNING, config[LEARNING])
    for name, dataset in config["datasets"].items():
        _complete_dataset(name, dataset, config)
    return config


def _complete_dataset(name: str, dataset: Config, config: Config) -> None:
    """Lay the settings of one data set over the common settings."""
    for section in (LEARNING, "measures"):
        key = f"datasets.{name}.{section}"
        entries = dict(config[section])
        own = _entries(key, dataset[section])
        for entry, values in own.items():
            entries[entry] = changed(entries.get(entry), values)
        if section == LEARNING:
            made = written_members(key, own, entries)
            own, entries = own | made, entries | made
        dataset[section] = {entry: _entry(section, entry, key, entries) for entry in own}
        if section == LEARNING:
            check_members(key, config[section] | dataset[section])
    try:
        registry.datasets()[dataset["kind"]].check(dataset)
    except InputError as fault:
        raise InputError(f"config: datasets.{name}.{fault}") from None


def _entries(key: str, entries: Any) -> dict[str, Config]:
    if not isinstance(entries, Mapping):
        raise InputError(f"config: {key}: found {entries!r}, expected entries by name")
    for name, entry in entries.items():
        if not isinstance(name, str) or not re.match(schema.NAME, name) or name in schema.TAKEN:
            raise InputError(
                f"config: {key}: found an entry named {name!r}, expected a lower-case name that "
                "begins with a letter and is no number, truth value or missing value"
            )
        if not isinstance(entry, Mapping):
            raise InputError(f"config: {key}.{name}: found {entry!r}, expected keys with values")
    # An entry laid over one of the same name has already inherited.
    return {
        name: {k: v for k, v in entry.items() if (k, v) != (schema.INHERIT, name)}
        for name, entry in entries.items()
    }


def _entry(section: str, name: str, place: str, entries: Mapping[str, Config]) -> Config:
    """One complete and checked entry of a section."""
    key = f"{place}.{name}"
    entry = inherited(key, name, entries)
    kind = name
    if section in schema.KINDS:
        kind_key, kinds = schema.KINDS[section]
        entry = {kind_key: name, **entry} if section == "figures" else entry
        if kind_key not in entry:
            raise InputError(f"config: {key}: missing key {kind_key!r}")
        kind = entry[kind_key]
        if not isinstance(kind, str) or kind not in kinds():
            raise InputError(
                f"config: {key}.{kind_key}: found {kind!r}, "
                f"expected one of {', '.join(kinds())}{nearest(kind, kinds(), lead='; ')}"
            )
    elif name not in registry.measures():
        raise InputError(f"config: unknown key {key!r}{nearest(name, registry.measures())}")
    settings = schema.SETTINGS[section](kind)
    for known in entry:
        if known not in settings:
            raise InputError(f"config: {key}: unknown key {known!r}{nearest(known, settings)}")
    whole = schema.defaults(settings) | entry
    missing = [known for known in settings if known not in whole]
    if missing:
        raise InputError(f"config: {key}: missing {keys(missing)}")
    found = {
        known: checked(f"{key}.{known}", whole[known], setting)
        for known, setting in settings.items()
    }
    try:
        if section == LEARNING:
            registry.rules()[kind].check(found)
            parts.check(found, registry.rules()[kind])
        elif section == "measures":
            registry.measures()[kind].check(found)
    except InputError as fault:
        raise InputError(f"config: {key}.{fault}") from None
    return found
