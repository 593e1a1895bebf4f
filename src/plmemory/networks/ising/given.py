"""A user's Ising spins, of any number type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plmemory import border
from plmemory.border import Given
from plmemory.errors import InputError


def given(
    values: ArrayLike, name: str, sizes: Mapping[str, int], *, binarize: float | None
) -> Given:
    """Ising spins (S, N) as int8.

    ``binarize``: the threshold above which a number is +1, else it is -1; None: numbers are already
    +1 and -1. If all numbers are +1 and -1, with at least one -1, they are kept even with a
    threshold, so a memory accepts what it returns. Truth values are spins too: true is +1.

    Raises
    ------
    InputError
        If there are other values than +1 and -1.
    """
    array = border.states(values, name, ("pattern", "site"), sizes)
    down = array == -1
    spins = ((array == 1) | down).all()
    if array.dtype.kind == "b":
        array, spins = np.where(array, 1, -1), True
    elif binarize is not None and not (spins and down.any()):
        border.finite(array, name)
        array, spins = np.where(array > binarize, 1, -1), True
    if not spins:
        raise InputError(f"{name}: found {_not_spins(array)}")
    return Given(array.astype(np.int8, order="C"))


def _not_spins(array: NDArray[Any]) -> str:
    """What was found instead of spins, what was expected, and what may help."""
    low, high = array.min(), array.max()
    if low >= 0 and np.isfinite(high):
        middle = (float(low) + float(high)) / 2
        return (
            f"values from {low} to {high}, expected Ising spins, -1 and +1; "
            f"Memory(binarize={middle:g}) makes spins of grey levels"
        )
    place = tuple(np.argwhere((array != 1) & (array != -1))[0].tolist())
    return f"{array[place]} at {place}, expected Ising spins, -1 and +1"
