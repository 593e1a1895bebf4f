"""Labelled arrays, and the NetCDF files that hold them.

The part of xarray that jobs need: importing all of it takes half a second, which hundreds of short
jobs would each spend. The files are ordinary NetCDF, which xarray opens, as it does for the tables.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

# HDF5 locks what it opens, and fails on file systems that have no locks. Ours need none: a file is
# written by one job, under another name until it is whole.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import netCDF4


class Variable:
    """An array ``values`` with a name for each of its axes, ``dims``, and attributes."""

    def __init__(
        self, dims: str | tuple[str, ...], values: Any, attrs: Mapping[str, Any] | None = None
    ) -> None:
        self.dims = (dims,) if isinstance(dims, str) else tuple(dims)
        self.values = np.asarray(values)
        self.attrs = dict(attrs or {})
        if len(self.dims) != self.values.ndim:
            raise ValueError(f"dimensions {self.dims} for an array of shape {self.values.shape}")

    @property
    def sizes(self) -> dict[str, int]:
        """The length of each dimension."""
        return dict(zip(self.dims, self.values.shape, strict=True))


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
    with netCDF4.Dataset(path) as file:
        file.set_auto_maskandscale(False)
        dataset = Dataset({}, file.__dict__)
        for name, stored in file.variables.items():
            attrs = dict(stored.__dict__)
            boolean = attrs.pop("dtype", None) == "bool"
            values = stored[...].astype(bool) if boolean else stored[...]
            dataset[name] = (stored.dimensions, values, attrs)
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
            values = np.asarray(variable.values)
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
            stored[...] = values
