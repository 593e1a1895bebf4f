"""The NetCDF files of jobs, against xarray as the independent reader and writer."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import netCDF4
import numpy as np
import pytest
import xarray as xr

from plmemory.files import labelled
from plmemory.files.labelled import Dataset, read_dataset, write_file

SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def dataset():
    rng = np.random.default_rng(0)
    return Dataset(
        {
            "couplings": (("site", "source"), rng.normal(size=(4, 4)).astype(np.float32)),
            "train": (("pattern", "site"), rng.choice(np.array([-1, 1], np.int8), (7, 4))),
            "converged": (("replicate",), np.array([True, False])),
            "critical": (("replicate",), np.array([0.3, np.nan]), {"units": "1"}),
            "state": (("attractor", "site"), np.zeros((0, 4), np.int8)),
            "kind": (("start",), np.array(["train", "test"])),
            "temperature": ("temperature", np.array([0.5, 1.0])),
            "sites": ((), np.int64(4)),
        },
        attrs={"title": "a network", "b": 2.0, "patterns": 7, "image_shape": [2, 2]},
    )


def assert_same(one, other):
    assert set(one.variables) == set(other.variables)
    for name in one.variables:
        assert one[name].dims == other[name].dims
        assert one[name].attrs == other[name].attrs
        np.testing.assert_array_equal(one[name].values, other[name].values)
        if one[name].values.dtype.kind not in "OUT":
            assert one[name].values.dtype == other[name].values.dtype
    np.testing.assert_equal(dict(one.attrs), dict(other.attrs))


def test_xarray_reads_what_is_written(tmp_path, dataset):
    write_file(dataset, tmp_path / "a.nc", {"seed": 3})
    found = xr.load_dataset(tmp_path / "a.nc")
    dataset.attrs["seed"] = 3
    assert_same(dataset, found)
    assert set(found.coords) == {"temperature"}


def test_what_xarray_writes_is_read(tmp_path, dataset):
    parts = {name: (v.dims, v.values, v.attrs) for name, v in dataset.variables.items()}
    written = xr.Dataset(parts, attrs=dataset.attrs)
    written.to_netcdf(tmp_path / "a.nc")
    found = read_dataset(tmp_path / "a.nc")
    for variable in found.variables.values():
        variable.attrs.pop("_FillValue", None)
    assert_same(found, written)


def test_a_dataset_of_xarray_is_written_alike(tmp_path, dataset):
    parts = {name: (v.dims, v.values, v.attrs) for name, v in dataset.variables.items()}
    write_file(dataset, tmp_path / "a.nc", {})
    write_file(xr.Dataset(parts, attrs=dataset.attrs), tmp_path / "b.nc", {})
    assert_same(read_dataset(tmp_path / "a.nc"), read_dataset(tmp_path / "b.nc"))


def test_sizes_belong_to_dimensions(dataset):
    assert dataset.sizes["pattern"] == 7
    assert dataset["train"].sizes == {"pattern": 7, "site": 4}
    with pytest.raises(ValueError, match="site of 5, expected 4"):
        dataset["more"] = ("site", np.zeros(5))
    with pytest.raises(ValueError, match=r"\('site',\) for an array of shape \(4, 4\)"):
        dataset["more"] = ("site", np.zeros((4, 4)))


def test_whole_numbers_are_compressed_and_others_are_not(tmp_path, dataset):
    write_file(dataset, tmp_path / "a.nc", {})
    with netCDF4.Dataset(tmp_path / "a.nc") as file:
        packed = {
            name for name, stored in file.variables.items() if (stored.filters() or {}).get("zlib")
        }
    assert packed == {"train", "converged", "state"}


def test_files_need_no_locks(tmp_path, dataset):
    """Where HDF5 locks, a file that another descriptor locks cannot be opened."""
    path = tmp_path / "a.nc"
    write_file(dataset, path, {})
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert_same(read_dataset(path), dataset)
        write_file(dataset, path, {})


@pytest.mark.parametrize(("asked", "found"), [(None, "FALSE"), ("TRUE", "TRUE")])
def test_the_users_word_on_locks_counts(asked, found):
    env = {name: value for name, value in os.environ.items() if name != "HDF5_USE_FILE_LOCKING"}
    env |= {"PYTHONPATH": str(SOURCE)} | ({"HDF5_USE_FILE_LOCKING": asked} if asked else {})
    code = "import os, plmemory.files.labelled; print(os.environ['HDF5_USE_FILE_LOCKING'])"
    run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert run.stdout.strip() == found


def test_numbers_that_mean_nothing_to_others_are_numbers_here(tmp_path, monkeypatch):
    """Those with which NetCDF fills what was not written, which its readers mask."""
    fills = netCDF4.default_fillvals
    values = {
        "real": np.array([fills["f4"], 3.0, -1.5], np.float32),
        "whole": np.array([fills["i8"], 3, 5], np.int64),
        "spins": np.array([-127, 3, 1], np.int8),
    }
    data = Dataset({name: (("site",), array) for name, array in values.items()})
    write_file(data, tmp_path / "a.nc", {})
    for large in (1 << 26, 2):
        monkeypatch.setattr(labelled, "LARGE", large)
        found = labelled.open_dataset(tmp_path / "a.nc")
        for name, array in values.items():
            stored = found[name].stored
            assert isinstance(stored, labelled.Stored) == (large == 2)
            for read, expected in ((found[name].values, array), (stored[:2], array[:2])):
                assert type(read) is np.ndarray  # not a masked one
                assert read.dtype == array.dtype
                np.testing.assert_array_equal(read, expected)
