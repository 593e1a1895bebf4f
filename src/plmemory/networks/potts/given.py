"""A user's Potts spins."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from plmemory import border
from plmemory.border import Given
from plmemory.errors import InputError

MOST = 127  # the largest colour of a byte


def given(values: ArrayLike, name: str, sizes: Mapping[str, int], *, states: int | None) -> Given:
    """Colours 0 ... q - 1 (S, N) as int8, and q as ``states``, needed by rules.

    ``states``: q; None: that of the network, or the largest colour plus one, at least two.

    Raises
    ------
    InputError
        If they are not integers in this range.
    """
    array = border.states(values, name, ("pattern", "site"), sizes)
    border.finite(array, name)
    colours = sizes.get("colour", states) or max(2, int(array.max()) + 1)
    most = min(colours - 1, MOST)
    wrong = np.argwhere((array < 0) | (array > most) | (array != np.floor(array)))
    if len(wrong):
        place = tuple(wrong[0].tolist())
        raise InputError(
            f"{name}: found {array[place]} at {place}, expected colours, whole numbers 0 to {most}"
        )
    return Given(array.astype(np.int8, order="C"), {"states": colours})
