"""A model whose rows were learnt in parts, as if one job had learnt them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from plmemory.files.labelled import Dataset, Stacked, Variable

ROWS = "site"
KINDS = ("history_", "final_")
# How numbers of the parts (parts, ...), with rows (parts,), are combined for all rows.
COMBINED: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "mean": lambda numbers, rows: np.average(numbers, axis=0, weights=rows),
    "sum": lambda numbers, rows: numbers.sum(axis=0),
    "min": lambda numbers, rows: numbers.min(axis=0),
    "max": lambda numbers, rows: numbers.max(axis=0),
}
EACH = "each"


def gathered(parts: Sequence[Dataset], combined: Mapping[str, str]) -> Dataset:
    """The model of all rows; large arrays stay in the ``parts``, in their order.

    combined: for quantities of the history and the diagnostics, how the numbers of the parts are
    combined: mean (over rows), sum, min, max; each (one number per row); or the name of another
    quantity, to take the number of the part in which the other is smallest. All other quantities
    must be equal in all parts. The model has converged if every part has.

    Raises
    ------
    ValueError
        If the parts do not form a network, or differ where they must be equal.
    """
    first = parts[0]
    rows = np.array([part.sizes[ROWS] for part in parts])
    if rows.sum() != first.sizes["source"]:
        raise ValueError(f"parts of {rows.sum()} rows, expected {first.sizes['source']}")
    whole = Dataset({}, {**first.attrs, "converged": min(p.attrs["converged"] for p in parts)})
    for name, variable in first.variables.items():
        pieces = [part[name] for part in parts]
        values = _joined(name, pieces, parts, rows, combined)
        whole[name] = (variable.dims, values, variable.attrs)
    return whole


def _joined(
    name: str,
    pieces: Sequence[Variable],
    parts: Sequence[Dataset],
    rows: np.ndarray,
    combined: Mapping[str, str],
) -> Any:
    dims = pieces[0].dims
    if ROWS in dims:
        return Stacked([piece.stored for piece in pieces], dims.index(ROWS))
    values = [piece.values for piece in pieces]
    if name == "converged":
        return np.all(values, axis=0)
    kind = next((kind for kind in KINDS if name.startswith(kind)), "")
    how = combined.get(name.removeprefix(kind), "")
    if how == EACH:
        return np.concatenate(values, axis=-1)
    if how in COMBINED:
        numbers = np.array(values)
        return COMBINED[how](numbers, rows).astype(numbers.dtype)
    if how:
        least = np.argmin([part[kind + how].values for part in parts], axis=0)
        return np.take_along_axis(np.array(values), least[None], axis=0)[0]
    if any(not np.array_equal(value, values[0], equal_nan=True) for value in values):
        raise ValueError(f"{name} differs between parts, and nothing tells how to combine it")
    return values[0]
