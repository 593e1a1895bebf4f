"""Labels of states and sites: of arrays of xarray and tables of pandas, without importing these.

States without labels are arrays of numpy, before and after.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plmemory.errors import InputError


class Sites(NamedTuple):
    """The name of the axis of sites ("" in a table), and the label of each site (N,), if any."""

    axis: str
    labels: NDArray[Any] | None


def sites(values: Any) -> Sites | None:
    """The labels of the sites of states; None without labels."""
    if _of_xarray(values) and values.ndim > 1:
        axis = values.dims[1]
        if axis not in values.coords:
            return Sites(str(axis), None)
        labels = values.coords[axis].values
        return Sites(str(axis), labels if labels.dtype.kind in "iuf" else labels.astype(str))
    if _of_pandas(values) and all(isinstance(name, str) for name in values.columns):
        return Sites("", np.array(list(values.columns)))
    return None


def same(found: Sites | None, expected: Sites | None, name: str) -> None:
    """Check that states are labelled as the learnt ones; states without labels are accepted.

    Raises
    ------
    InputError
        If the sites are different, or in another order.
    """
    if found is None or expected is None:
        return
    if found.axis and expected.axis and found.axis != expected.axis:
        raise InputError(
            f"{name}: found {found.axis!r} as the second axis, expected {expected.axis!r}"
        )
    if found.labels is None or expected.labels is None:
        return
    wrong = np.flatnonzero(found.labels != expected.labels)
    if len(wrong):
        one, other = (names[wrong[:1]].tolist()[0] for names in (found.labels, expected.labels))
        raise InputError(f"{name}: found the site {one!r}, expected {other!r} in its place")


def like(values: Any, array: NDArray[Any]) -> Any:
    """The array, of the shape of the ``values``, with their labels."""
    if _of_xarray(values):
        return values.copy(data=array)
    if _of_pandas(values):
        return type(values)(array, index=values.index, columns=values.columns)
    return array


def dataset(values: Any, variables: Mapping[str, tuple[Any, ...]]) -> Any:
    """Variables as an xarray Dataset if the ``values`` are of xarray, else None.

    Their axes "pattern", "site", "component" become those of the values.
    """
    if not _of_xarray(values):
        return None
    held = {axis for axes, _ in variables.values() for axis in np.atleast_1d(axes)}
    names = dict(zip(("pattern", "site", "component"), values.dims, strict=False))
    names = {old: new for old, new in names.items() if old in held}
    found = importlib.import_module("xarray").Dataset(variables)
    found = found.rename({old: new for old, new in names.items() if old != new})
    return found.assign_coords(
        {axis: values.coords[axis] for axis in names.values() if axis in values.coords}
    )


def _of_xarray(values: Any) -> bool:
    return hasattr(values, "dims") and hasattr(values, "coords")


def _of_pandas(values: Any) -> bool:
    return hasattr(values, "iloc") and hasattr(values, "columns")
