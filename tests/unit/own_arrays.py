"""A user's arrays in tests: formats, and how they are written."""

import netCDF4
import numpy as np
from unit.own_data import Kind

from plmemory.datasets.arrays import load
from plmemory.datasets.arrays.about import ABOUT
from plmemory.networks.ising.states import spins
from plmemory.seeds import generator

FORMATS = [".npy", ".npz", ".csv", ".nc"]
WORDS = ["cat", "dog", "golden retriever", "cat", "owl", "dog", "owl"]
ARRAYS = Kind(ABOUT, load)


def save(path, values, name="patterns", **others):
    """Write an array, with others beside it if the format allows."""
    values = np.asarray(values)
    match path.suffix.lower():
        case ".npy":
            with path.open("wb") as stream:
                np.save(stream, values)
        case ".npz":
            with path.open("wb") as stream:
                np.savez_compressed(stream, **{name: values}, **others)
        case ".csv":
            np.savetxt(path, values, delimiter=",", fmt="%.17g")
        case ".nc":
            with netCDF4.Dataset(path, "w") as file:
                for key, array in {name: values, **others}.items():
                    array = np.asarray(array)
                    axes = [f"{key}_{axis}" for axis in range(array.ndim)]
                    for axis, length in zip(axes, array.shape, strict=True):
                        file.createDimension(axis, length)
                    kind = str if array.dtype.kind == "U" else array.dtype
                    stored = array.astype(object) if kind is str else array
                    file.createVariable(key, kind, axes)[...] = stored
    return path


def patterns():
    return spins((7, 12), generator(1, "own arrays"))
