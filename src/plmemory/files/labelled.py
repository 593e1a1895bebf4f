"""Labelled arrays, and the NetCDF files that hold them.

This is the part of xarray that jobs need: importing xarray would take half a second in each of
hundreds of short jobs. The files are ordinary NetCDF, which xarray can open; the tables do so.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

# HDF5 locks the files that it opens, and fails on file systems without locks. Our files need no
# locks: each is written by one job, under another name until it is complete.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import netCDF4

# Size in bytes above which a variable stays in its file, and of the blocks that are then read.
LARGE = 1 << 26
_LOCK = threading.Lock()  # the NetCDF library is not thread-safe


class Stored:
    """An array of numbers in a file; slices are read on demand."""

    def __init__(
        self, path: str | Path, name: str, shape: tuple[int, ...], dtype: Any, at: tuple[int, ...]
    ) -> None:
        self._path, self._name, self._at = path, name, at
        self.shape, self.dtype, self.ndim = shape, dtype, len(shape)

    def at(self, index: int) -> Stored:
        """The part at an index of the first axis."""
        return Stored(self._path, self._name, self.shape[1:], self.dtype, (*self._at, index))

    def __getitem__(self, place: Any) -> np.ndarray:
        places = place if isinstance(place, tuple) else (place,)
        with _LOCK, netCDF4.Dataset(self._path) as file:  # opened each time: there may be thousands
            file.set_auto_maskandscale(False)
            return file.variables[self._name][(*self._at, *places)]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self[...], dtype)


class Stacked:
    """Arrays concatenated along one axis when they are read."""

    def __init__(self, arrays: Sequence[Any], axis: int) -> None:
        self._arrays, self._axis = arrays, axis
        first = arrays[0]
        length = sum(array.shape[axis] for array in arrays)
        self.shape = (*first.shape[:axis], length, *first.shape[axis + 1 :])
        self.dtype, self.ndim = first.dtype, first.ndim

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.concatenate([np.asarray(array, dtype) for array in self._arrays], self._axis)

    def blocks(self) -> Iterator[tuple[tuple[slice, ...], np.ndarray]]:
        """The whole array in blocks: the place of each, and its values."""
        before = (slice(None),) * self._axis
        begin = 0
        for array in self._arrays:
            count = array.shape[self._axis]
            row = max(1, self.dtype.itemsize * math.prod(array.shape) // max(1, count))
            step = max(1, LARGE // row)
            for first in range(0, count, step):
                last = min(first + step, count)
                place = (*before, slice(begin + first, begin + last))
                yield place, array[(*before, slice(first, last))]
            begin += count


class Variable:
    """An array with a name for each of its axes, ``dims``, and attributes.

    ``stored``: the array as stored, in memory or in a file; ``values``: the array in memory.
    """

    def __init__(
        self, dims: str | tuple[str, ...], values: Any, attrs: Mapping[str, Any] | None = None
    ) -> None:
        self.dims = (dims,) if isinstance(dims, str) else tuple(dims)
        self.stored: Any = values if isinstance(values, Stored | Stacked) else np.asarray(values)
        self.attrs = dict(attrs or {})
        if len(self.dims) != self.stored.ndim:
            raise ValueError(f"dimensions {self.dims} for an array of shape {self.stored.shape}")

    @property
    def values(self) -> np.ndarray:
        """The array; if it is in a file, it is read each time."""
        return np.asarray(self.stored)

    @property
    def sizes(self) -> dict[str, int]:
        """The length of each dimension."""
        return dict(zip(self.dims, self.stored.shape, strict=True))


class Dataset:
    """Variables on common dimensions, and attributes.

    Made as an xarray Dataset is, from tuples (dimensions, values) or (dimensions, values,
    attributes); a variable named like its one dimension is a coordinate to xarray.
    """

    def __init__(
        self,
        variables: Mapping[str, tuple[Any, ...]],
        attrs: Mapping[str, Any] | None = None,
    ) -> None:
        self.variables: dict[str, Variable] = {}
        self.attrs = dict(attrs or {})
        for name, parts in variables.items():
            self[name] = parts

    def __setitem__(self, name: str, parts: tuple[Any, ...]) -> None:
        variable, sizes = Variable(*parts), self.sizes
        for dimension, size in variable.sizes.items():
            if sizes.get(dimension, size) != size:
                raise ValueError(f"{name}: {dimension} of {size}, expected {sizes[dimension]}")
        self.variables[name] = variable

    def __getitem__(self, name: str) -> Variable:
        return self.variables[name]

    def __contains__(self, name: str) -> bool:
        return name in self.variables

    @property
    def sizes(self) -> dict[str, int]:
        """The length of each dimension."""
        return {
            dimension: size
            for variable in self.variables.values()
            for dimension, size in variable.sizes.items()
        }


def read_dataset(path: str | Path) -> Dataset:
    """Read a NetCDF file of this workflow into memory."""
    return _opened(path, math.inf)


def open_dataset(path: str | Path) -> Dataset:
    """The same, but large variables stay in the file until they are needed."""
    return _opened(path, LARGE)


def _opened(path: str | Path, large: float) -> Dataset:
    """A dataset whose variables stay in the file if they take more bytes than ``large``."""
    with netCDF4.Dataset(path) as file:
        file.set_auto_maskandscale(False)
        dataset = Dataset({}, file.__dict__)
        for name, variable in file.variables.items():
            attrs = dict(variable.__dict__)
            boolean = attrs.pop("dtype", None) == "bool"
            number = np.dtype(variable.dtype).kind in "if" and not boolean
            if number and variable.dtype.itemsize * math.prod(variable.shape) > large:
                stored = Stored(path, name, variable.shape, variable.dtype, ())
                dataset[name] = (variable.dimensions, stored, attrs)
                continue
            values = variable[...].astype(bool) if boolean else variable[...]
            dataset[name] = (variable.dimensions, values, attrs)
    return dataset


def size(path: str | Path, dimension: str) -> int:
    """The length of a dimension of a NetCDF file."""
    with netCDF4.Dataset(path) as file:
        return len(file.dimensions[dimension])


def write_file(dataset: Any, path: str | Path, attrs: Mapping[str, Any]) -> None:
    """Write a ``Dataset``, of this module or of xarray, as NetCDF with more attributes.

    Whole numbers, mostly spins, are compressed. Truth values are stored as xarray stores them.
    """
    with netCDF4.Dataset(path, "w") as file:
        file.setncatts({**dataset.attrs, **attrs})
        for dimension, size in dataset.sizes.items():
            file.createDimension(dimension, size)
        for name, variable in dataset.variables.items():
            kept = getattr(variable, "stored", None)
            stacked = kept if isinstance(kept, Stacked) else None
            values: Any = stacked or np.asarray(variable.values)
            attributes = dict(variable.attrs)
            if values.dtype.kind == "b":
                values, attributes["dtype"] = values.astype(np.int8), "bool"
            if values.dtype.kind in "OU":
                stored = file.createVariable(name, str, variable.dims)
                values = values.astype(object)
            else:
                packed = values.dtype.kind in "iu" and values.ndim > 0
                stored = file.createVariable(
                    name,
                    values.dtype,
                    variable.dims,
                    compression="zlib" if packed else None,
                    complevel=1,
                    fill_value=False,
                )
            stored.setncatts(attributes)
            for place, block in stacked.blocks() if stacked else [(..., values)]:
                stored[place] = block
