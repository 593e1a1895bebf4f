"""From what users write to a complete configuration, or to one line that names the fault.

Entries inherit (``from``) and may leave out what has a default. What comes out is complete and
strict: every key of every entry is there and has a value that its schema allows.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from plmemory.errors import InputError
from plmemory.plan import registry, schema
from plmemory.plan.about import Setting

Config = dict[str, Any]


def laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> Config:
    """Two mappings as one: merged key by key, where both are mappings, else ``above`` wins."""
    merged = dict(below)
    for key, value in above.items():
        mappings = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = laid_over(merged[key], value) if mappings else value
    return merged


def check_files(files: Iterable[Path | str]) -> None:
    """See that no YAML file gives a key twice, of which all but the last would be lost.

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


def complete(written: Mapping[str, Any], given: Mapping[str, Any] | None = None) -> Config:
    """The complete configuration that was ``written``; ``given``: the part from a command line.

    Raises
    ------
    InputError
        One line: the key, what was found, what was expected.
    """
    known = [*schema.TOP, *schema.SECTIONS]
    for key in written:
        if key not in known:
            raise InputError(f"config: unknown key {key!r}{_nearest(key, known)}")
    missing = [key for key in known if key not in written]
    if missing:
        raise InputError(f"config: missing {_keys(missing)}")
    given = given or {}
    config: Config = {
        key: _checked(key, written[key], setting, key in given)
        for key, setting in schema.TOP.items()
    }
    for section in schema.SECTIONS:
        entries = _entries(section, written[section])
        config[section] = {
            name: _entry(section, name, section, entries, given.get(section, {}))
            for name in entries
        }
    for name, dataset in config["datasets"].items():
        _complete_dataset(name, dataset, config)
    return config


def _complete_dataset(name: str, dataset: Config, config: Config) -> None:
    """Lay what differs for a data set over what holds for all."""
    for section in ("learning", "measures"):
        key = f"datasets.{name}.{section}"
        entries = dict(config[section])
        own = _entries(key, dataset[section])
        for entry, values in own.items():
            # An entry that names no kind of its own changes the one of the same name.
            changes = entry in entries and not {schema.INHERIT, "method"} & values.keys()
            entries[entry] = laid_over(entries[entry], values) if changes else values
        dataset[section] = {entry: _entry(section, entry, key, entries, {}) for entry in own}
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
    # Laid over an entry of its own name, an entry has inherited already.
    return {
        name: {k: v for k, v in entry.items() if (k, v) != (schema.INHERIT, name)}
        for name, entry in entries.items()
    }


def _entry(
    section: str,
    name: str,
    place: str,
    entries: Mapping[str, Config],
    given: Mapping[str, Any],
) -> Config:
    """One complete and checked entry of a section."""
    key = f"{place}.{name}"
    entry = _inherited(key, name, entries)
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
                f"expected one of {', '.join(kinds())}{_nearest(kind, kinds(), lead='; ')}"
            )
    elif name not in registry.measures():
        raise InputError(f"config: unknown key {key!r}{_nearest(name, registry.measures())}")
    settings = schema.SETTINGS[section](kind)
    for known in entry:
        if known not in settings:
            raise InputError(f"config: {key}: unknown key {known!r}{_nearest(known, settings)}")
    whole = schema.defaults(settings) | entry
    missing = [known for known in settings if known not in whole]
    if missing:
        raise InputError(f"config: {key}: missing {_keys(missing)}")
    mine = given.get(name, {})
    return {
        known: _checked(f"{key}.{known}", whole[known], setting, known in mine)
        for known, setting in settings.items()
    }


def _inherited(key: str, name: str, entries: Mapping[str, Config]) -> Config:
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
        entry = laid_over(entries[parent], entry)
    return entry


def _checked(key: str, value: Any, setting: Setting, as_text: bool) -> Any:
    """The value, if its schema allows it; read from text where it comes from a command line."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(dict(setting.schema))
    if as_text:
        read = _read(value)
        readings = (read, value) if read is None else (value, read, str(value))
        value = next((reading for reading in readings if validator.is_valid(reading)), value)
    faults = list(validator.iter_errors(value))
    if faults:
        raise InputError(_sentence(key, faults[0]))
    return value


def _read(value: Any) -> Any:
    """A value of a command line, whose parts are all text, with the types that YAML sees."""
    if isinstance(value, Mapping):
        return {key: _read(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_read(part) for part in value]
    return yaml.safe_load(value) if isinstance(value, str) else value


def _sentence(key: str, fault: Any) -> str:
    where = ".".join([key, *(str(part) for part in fault.absolute_path)])
    limit = fault.validator_value
    expected = {
        "type": lambda: f"a value of type {_alternatives(limit)}",
        "enum": lambda: f"one of {_alternatives(limit)}",
        "minimum": lambda: f"at least {limit}",
        "maximum": lambda: f"at most {limit}",
        "exclusiveMinimum": lambda: f"more than {limit}",
        "exclusiveMaximum": lambda: f"less than {limit}",
        "minItems": lambda: f"at least {limit} entries",
        "maxItems": lambda: f"at most {limit} entries",
        "multipleOf": lambda: f"a multiple of {limit}",
        "uniqueItems": lambda: "no entry twice",
        "pattern": lambda: f"text like {limit}",
    }.get(fault.validator, lambda: fault.message)()
    return f"config: {where}: found {fault.instance!r}, expected {expected}"


def _alternatives(values: Any) -> str:
    return ", ".join(map(str, values)) if isinstance(values, list) else str(values)


def _keys(names: Sequence[str]) -> str:
    return f"key{'s' * (len(names) > 1)} {', '.join(map(repr, names))}"


def _nearest(word: Any, known: Iterable[str], lead: str = ", ") -> str:
    """The rest of a sentence: what was perhaps meant."""
    near = difflib.get_close_matches(str(word), list(known), 1)
    if near:
        return f"{lead}did you mean {near[0]!r}?"
    return "" if lead != ", " else f", expected one of {', '.join(known)}"
