"""A user's vector spins."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from plmemory import border
from plmemory.border import Given
from plmemory.networks.vectors.states import check_unit


def given(values: ArrayLike, name: str, sizes: Mapping[str, int]) -> Given:
    """Unit vectors (S, N, d), in double precision.

    Raises
    ------
    InputError
        If their lengths are not one.
    """
    array = border.states(values, name, ("pattern", "site", "component"), sizes)
    border.finite(array, name)
    check_unit(array, name)
    return Given(array.astype(np.float64, order="C"))
