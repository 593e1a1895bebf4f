"""States of computations in files: arrays, numbers, tuples, dictionaries, random generators.

The arrays are written as numpy writes them (npz), the rest as JSON beside them. No pickle is
written or read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np


def write(file: Path, value: Any) -> None:
    """Write a value; see ``checkpoints.over`` and ``pieces`` for the allowed types."""
    arrays: list[np.ndarray] = []
    layout = np.array(json.dumps(_packed(value, arrays)))
    with file.open("wb") as stream:
        np.savez(stream, layout, *arrays)


def read(file: Path) -> Any:
    """Read the value; generators are returned as their states, named tuples as tuples."""
    with np.load(file, allow_pickle=False) as stored:
        return _unpacked(json.loads(str(stored["arr_0"])), stored)


def fit(state: Sequence[Any], saved: Sequence[Any]) -> bool:
    """Whether the arrays of a state have the shapes of those that were saved."""
    return len(state) == len(saved) and all(
        not hasattr(own, "shape") or tuple(own.shape) == np.shape(other)
        for own, other in zip(state, saved, strict=True)
    )


def restore(state: Sequence[Any], saved: Sequence[Any]) -> None:
    """Bring each part of a state, in place, to what was saved."""
    for own, other in zip(state, saved, strict=True):
        if isinstance(own, np.random.Generator):
            own.bit_generator.state = other
        elif isinstance(own, dict):
            values = {name: _alike(own.get(name), value) for name, value in other.items()}
            own.clear()
            own.update(values)
        elif isinstance(own, list):
            own[:] = other
        elif isinstance(own, np.ndarray):
            own[...] = other
        else:  # an array of torch
            own.copy_(own.new_tensor(other))


def _alike(own: Any, value: Any) -> Any:
    """A saved value, on the device of the present value."""
    return own.new_tensor(value) if hasattr(own, "new_tensor") else value


def _packed(value: Any, arrays: list[np.ndarray]) -> Any:
    """The value as JSON; arrays and numpy scalars are appended, and replaced by their index."""
    if isinstance(value, np.random.Generator):
        return _packed(value.bit_generator.state, arrays)
    if isinstance(value, dict):
        return {"dictionary": {key: _packed(part, arrays) for key, part in value.items()}}
    if isinstance(value, list | tuple):
        return {"list" if isinstance(value, list) else "tuple": [_packed(v, arrays) for v in value]}
    if isinstance(value, np.ndarray | np.generic) or hasattr(value, "cpu"):
        kind = "number" if isinstance(value, np.generic) else "array"
        arrays.append(np.asarray(value.cpu() if hasattr(value, "cpu") else value))
        return {kind: len(arrays)}  # after the layout
    return value


def _unpacked(layout: Any, arrays: Any) -> Any:
    if not isinstance(layout, dict):
        return layout
    ((kind, held),) = layout.items()
    if kind == "dictionary":
        return {key: _unpacked(part, arrays) for key, part in held.items()}
    if kind in ("list", "tuple"):
        return (list if kind == "list" else tuple)(_unpacked(part, arrays) for part in held)
    array = arrays[f"arr_{held}"]
    return array[()] if kind == "number" else array
