"""Single values of a configuration: whether they are allowed, and the line that says why not."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from plmemory.errors import InputError
from plmemory.plan.about import Setting


def checked(key: str, value: Any, setting: Setting, as_text: bool) -> Any:
    """The value, if its schema allows it; read from text where it comes from a command line."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(dict(setting.schema))
    if as_text:
        seen = read(value)
        readings = (seen, value) if seen is None else (value, seen, str(value))
        value = next((reading for reading in readings if validator.is_valid(reading)), value)
    faults = list(validator.iter_errors(value))
    if faults:
        raise InputError(_sentence(key, faults[0]))
    return _plain(key, value, setting.schema)


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


def read(value: Any) -> Any:
    """A value of a command line, whose parts are all text, with the types that YAML sees."""
    if isinstance(value, Mapping):
        return {key: read(part) for key, part in value.items()}
    if isinstance(value, list):
        return [read(part) for part in value]
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
        "minProperties": lambda: "one key",
        "maxProperties": lambda: "one key",
    }.get(fault.validator, lambda: fault.message)()
    return f"config: {where}: found {fault.instance!r}, expected {expected}"


def _alternatives(values: Any) -> str:
    return ", ".join(map(str, values)) if isinstance(values, list) else str(values)


def keys(names: Sequence[str]) -> str:
    return f"key{'s' * (len(names) > 1)} {', '.join(map(repr, names))}"


def nearest(word: Any, known: Iterable[str], lead: str = ", ") -> str:
    """The rest of a sentence: what was perhaps meant."""
    near = difflib.get_close_matches(str(word), list(known), 1)
    if near:
        return f"{lead}did you mean {near[0]!r}?"
    return "" if lead != ", " else f", expected one of {', '.join(known)}"
