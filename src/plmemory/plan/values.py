"""Checks of single values of a configuration, and the error lines."""

from __future__ import annotations

import contextlib
import difflib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import yaml

from plmemory.errors import InputError
from plmemory.plan.about import Setting


class Text(str):
    """A value from a command line, to be converted to the type of its key."""


def as_text(given: Any) -> Any:
    """The settings from a command line, with all values as text."""
    return _leaves(given, lambda value: value if value is None else Text(value), object)


def checked(key: str, value: Any, setting: Setting) -> Any:
    """The value, if its schema allows it; text from a command line is converted."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(dict(setting.schema))
    readings = _leaves(value, _read, Text), _leaves(value, str, Text)
    for reading in readings:
        if validator.is_valid(reading):
            return _plain(key, reading, setting.schema)
    raise InputError(_sentence(key, next(validator.iter_errors(readings[0]))))


def _plain(key: str, value: Any, allowed: Mapping[str, Any]) -> Any:
    """The value with integers as such, if the schema asks for them; numbers must be finite."""
    if isinstance(value, list):
        items = allowed.get("items", {})
        return [_plain(f"{key}.{place}", part, items) for place, part in enumerate(value)]
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InputError(f"config: {key}: found {value}, expected a finite number")
        if "number" not in allowed.get("type", "number"):
            return int(value)
    return value


def _leaves(value: Any, turn: Callable[[Any], Any], kind: type) -> Any:
    """The value with ``turn`` applied to all parts of this kind, at any depth."""
    if isinstance(value, Mapping):
        return {key: _leaves(part, turn, kind) for key, part in value.items()}
    if isinstance(value, list):
        return [_leaves(part, turn, kind) for part in value]
    return turn(value) if isinstance(value, kind) else value


def _read(text: str) -> Any:
    """The value of a text as in YAML, which does not read 1e-5 as a number."""
    try:
        seen = yaml.safe_load(text)
    except yaml.YAMLError:
        return str(text)
    with contextlib.suppress(ValueError):
        return float(seen) if isinstance(seen, str) else seen
    return seen


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
        "minProperties": lambda: "one key",
        "maxProperties": lambda: "one key",
    }.get(fault.validator, lambda: fault.message)()
    return f"config: {where}: found {fault.instance!r}, expected {expected}"


def _alternatives(values: Any) -> str:
    return ", ".join(map(str, values)) if isinstance(values, list) else str(values)


def keys(names: Sequence[str]) -> str:
    """The names as a message lists them: key 'a', or keys 'a', 'b'."""
    return f"key{'s' * (len(names) > 1)} {', '.join(map(repr, names))}"


def nearest(word: Any, known: Iterable[str], lead: str = ", ") -> str:
    """The end of a sentence with a suggestion of a similar word."""
    near = difflib.get_close_matches(str(word), list(known), 1)
    if near:
        return f"{lead}did you mean {near[0]!r}?"
    return "" if lead != ", " else f", expected one of {', '.join(known)}"
