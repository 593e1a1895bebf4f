"""Single values of a configuration: whether they are allowed, and the line that says why not."""

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
    """A value of a command line, which is to be of the type that its key asks for."""


def as_text(given: Any) -> Any:
    """What a command line gave, all its values as text."""
    return _leaves(given, lambda value: value if value is None else Text(value), object)


def checked(key: str, value: Any, setting: Setting) -> Any:
    """The value, if its schema allows it; text of a command line as whatever the schema allows."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(dict(setting.schema))
    readings = _leaves(value, _read, Text), _leaves(value, str, Text)
    for reading in readings:
        if validator.is_valid(reading):
            return _plain(key, reading, setting.schema)
    raise InputError(_sentence(key, next(validator.iter_errors(readings[0]))))


def _plain(key: str, value: Any, allowed: Mapping[str, Any]) -> Any:
    """The value with whole numbers as such, where these are asked for; all numbers are finite."""
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
    """The value with ``turn`` done to what is of this kind in it, at any depth."""
    if isinstance(value, Mapping):
        return {key: _leaves(part, turn, kind) for key, part in value.items()}
    if isinstance(value, list):
        return [_leaves(part, turn, kind) for part in value]
    return turn(value) if isinstance(value, kind) else value


def _read(text: str) -> Any:
    """What YAML sees in a text; it takes 1e-5 for none of its numbers."""
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
    """The rest of a sentence: what was perhaps meant."""
    near = difflib.get_close_matches(str(word), list(known), 1)
    if near:
        return f"{lead}did you mean {near[0]!r}?"
    return "" if lead != ", " else f", expected one of {', '.join(known)}"
