"""The border of the library: input from outside is checked here, once; an error is one line.

Inside the library, functions expect states of their spin type and do not check them again: a
network of Ising spins would train on 0 and 1 without an error. The states of a spin type are
checked by its folder (``networks.<type>.given``).
"""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

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


class Given(NamedTuple):
    """A user's states as a network takes them, and what else they determine.

    needs: what learning rules may ask of a data set, by name.
    """

    states: NDArray[Any]
    needs: Mapping[str, Any] = {}


def states(
    values: ArrayLike, name: str, axes: tuple[str, ...], sizes: Mapping[str, int]
) -> NDArray[Any]:
    """An array of real numbers with these axes; the first two are the states and their sites.

    ``sizes``: lengths of axes, where they are known.

    Raises
    ------
    InputError
        If the values are not real, have another shape, or are not at least one state of two sites.
    """
    array = _array(values, name)
    if array.ndim != len(axes):
        raise InputError(f"{name}: found the shape {array.shape}, expected ({', '.join(axes)})")
    count, sites = array.shape[:2]
    if not count:
        raise InputError(f"{name}: found none, shape {array.shape}, expected at least one")
    if sites < 2:
        raise InputError(
            f"{name}: found {sites} sites, {sites} feature(s) (shape=({count}, {sites})) while a "
            "minimum of 2 is required."
        )
    for axis, length in zip(axes[1:], array.shape[1:], strict=True):
        expected = sizes.get(axis, length)
        if length != expected:
            raise InputError(f"{name}: found {length} {axis}s, expected {expected}")
    return array


def weights(
    values: ArrayLike, shape: tuple[int, ...], *, name: str = "weights"
) -> NDArray[np.float64]:
    """Weights of patterns, with this shape: finite, not negative, and not all zero.

    Raises
    ------
    InputError
        If they are not.
    """
    array = _array(values, name)
    if array.shape != shape:
        raise InputError(f"{name}: found the shape {array.shape}, expected {shape}")
    finite(array, name)
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
    finite(array, name)
    coupled = np.flatnonzero(np.diagonal(array))
    if len(coupled):
        site = int(coupled[0])
        raise InputError(f"{name}: found {array[site, site]} at {(site, site)}, expected zero")
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)


def finite(array: NDArray[Any], name: str) -> None:
    """Check that all numbers are finite.

    Raises
    ------
    InputError
        If one is not.
    """
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        place = tuple(wrong[0].tolist())
        found = "NaN" if np.isnan(array[place]) else array[place]
        raise InputError(f"{name}: found {found} at {place}, expected finite numbers")


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
    """What the schema expects instead of the value; an empty text if the value is valid."""
    if "enum" in schema:
        return "" if value in schema["enum"] else f"one of {', '.join(map(str, schema['enum']))}"
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    truth = isinstance(value, _TYPES["boolean"])  # an integer for Python, but not for a schema
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
    if hasattr(values, "toarray"):
        raise InputError(f"{name}: found a sparse array, expected a dense one, as toarray() makes")
    try:
        array = np.asarray(values)
    except ValueError:
        raise InputError(f"{name}: found rows of different lengths, expected one length") from None
    if array.dtype.kind == "c":
        raise InputError(f"{name}: Complex data not supported, expected real numbers")
    if array.dtype.kind not in "biuf":
        raise InputError(f"{name}: found values of type {array.dtype}, expected real numbers")
    return array
