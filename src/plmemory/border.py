"""The library's border: what comes from outside is checked here, once, and a fault is one line.

Inside, functions take patterns as int8 spins, +1 and -1, and do not look again: a network trains
on spins of 0 and 1 as if nothing were wrong.
"""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plmemory.errors import InputError

# What a JSON schema calls a type, in Python and numpy; and its limits of numbers.
_TYPES: dict[str, Any] = {
    "integer": numbers.Integral,
    "number": numbers.Real,
    "boolean": (bool, np.bool_),
    "string": str,
    "array": (list, tuple),
    "null": type(None),
}
_LIMITS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "minimum": (operator.ge, "at least"),
    "maximum": (operator.le, "at most"),
    "exclusiveMinimum": (operator.gt, "more than"),
    "exclusiveMaximum": (operator.lt, "less than"),
    "multipleOf": (lambda value, divisor: value % divisor == 0, "a multiple of"),
}


def patterns(
    values: ArrayLike, *, name: str = "patterns", sites: int | None = None
) -> NDArray[np.int8]:
    """Ising spins (P, N) or (R, P, N), of any type of number, as int8 (R, P, N).

    Truth values are spins too: true is +1. ``sites``: N, where it is known.

    Raises
    ------
    InputError
        If they are not +1 and -1 alone, or not at least one pattern of at least two sites.
    """
    array = _array(values, name)
    if array.ndim not in (2, 3):
        raise InputError(
            f"{name}: found the shape {array.shape}, "
            "expected (pattern, site) or (replicate, pattern, site)"
        )
    if 0 in array.shape[:-1]:
        raise InputError(f"{name}: found none, shape {array.shape}, expected at least one")
    if array.shape[-1] < 2:
        raise InputError(f"{name}: found {array.shape[-1]} sites, expected at least 2")
    if sites is not None and array.shape[-1] != sites:
        raise InputError(f"{name}: found {array.shape[-1]} sites, expected {sites}")
    if array.dtype.kind == "b":
        array = np.where(array, 1, -1)
    if not ((array == 1) | (array == -1)).all():
        raise InputError(f"{name}: found {_not_spins(array)}")
    return array.reshape(-1, *array.shape[-2:]).astype(np.int8, order="C")


def weights(
    values: ArrayLike, shape: tuple[int, ...], *, name: str = "weights"
) -> NDArray[np.float64]:
    """Weights of patterns, of this shape: finite, not negative, and some above zero.

    Raises
    ------
    InputError
        If they are not.
    """
    array = _array(values, name)
    if array.shape != shape:
        raise InputError(f"{name}: found the shape {array.shape}, expected {shape}")
    _finite(array, name)
    if array.min() < 0:
        raise InputError(f"{name}: found {array.min()}, expected no negative weight")
    if not array.sum(axis=-1).all():
        raise InputError(f"{name}: found zeros alone, expected some weight above zero")
    return array.astype(np.float64)


def couplings(values: ArrayLike, *, name: str = "couplings") -> NDArray[Any]:
    """Couplings (N, N), acting on the site of the row, as floating point.

    Raises
    ------
    InputError
        If they are not square, not finite, or couple a site to itself.
    """
    array = _array(values, name)
    if array.ndim != 2 or array.shape[0] != array.shape[1] or len(array) < 2:
        raise InputError(
            f"{name}: found the shape {array.shape}, expected (site, site), at least 2 sites"
        )
    _finite(array, name)
    coupled = np.flatnonzero(np.diagonal(array))
    if len(coupled):
        site = int(coupled[0])
        raise InputError(f"{name}: found {array[site, site]} at {(site, site)}, expected zero")
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)


def setting(value: Any, schema: Mapping[str, Any], *, name: str) -> None:
    """Check the value of one setting against its JSON schema, as ``plan.about`` composes them.

    Raises
    ------
    InputError
        If it is of another type or out of its range.
    """
    expected = _expected(value, schema)
    if expected:
        raise InputError(f"{name}: found {value!r}, expected {expected}")


def _expected(value: Any, schema: Mapping[str, Any]) -> str:
    """What the schema expects in the place of the value; nothing if it is fine."""
    if "enum" in schema:
        return "" if value in schema["enum"] else f"one of {', '.join(map(str, schema['enum']))}"
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    truth = isinstance(value, _TYPES["boolean"])  # to Python a whole number, to a schema none
    if not any(isinstance(value, _TYPES[t]) and truth == (t == "boolean") for t in types):
        return f"a value of type {', '.join(types)}"
    if isinstance(value, _TYPES["array"]):
        faults = (_expected(part, schema["items"]) for part in value)
        return next((f"in each place {fault}" for fault in faults if fault), "")
    if truth or not isinstance(value, numbers.Real):
        return ""
    if not math.isfinite(value):
        return "a finite number"
    for key, (holds, words) in _LIMITS.items():
        if key in schema and not holds(value, schema[key]):
            return f"{words} {schema[key]}"
    return ""


def _array(values: ArrayLike, name: str) -> NDArray[Any]:
    """The values as an array of numbers or truth values."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise InputError(f"{name}: found rows of different lengths, expected one length") from None
    if array.dtype.kind not in "biuf":
        raise InputError(f"{name}: found values of type {array.dtype}, expected real numbers")
    return array


def _finite(array: NDArray[Any], name: str) -> None:
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        place = tuple(wrong[0].tolist())
        raise InputError(f"{name}: found {array[place]} at {place}, expected finite numbers")


def _not_spins(array: NDArray[Any]) -> str:
    """What was found in the place of spins, what was expected, and what may help."""
    low, high = array.min(), array.max()
    if low >= 0 and np.isfinite(high):
        middle = (float(low) + float(high)) / 2
        return (
            f"values from {low} to {high}, expected Ising spins, -1 and +1; "
            f"numpy.where(x > {middle:g}, 1, -1) makes spins of grey levels"
        )
    place = tuple(np.argwhere((array != 1) & (array != -1))[0].tolist())
    return f"{array[place]} at {place}, expected Ising spins, -1 and +1"
