"""A user's own arrays: files of all formats and kinds of numbers become spins."""

import netCDF4
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from unit import own_arrays
from unit.own_arrays import ARRAYS, FORMATS, save

from plmemory.datasets.arrays.about import ABOUT
from plmemory.seeds import generator

loaded, refusal, early_refusal = ARRAYS.loaded, ARRAYS.refusal, ARRAYS.early_refusal
resolved = ARRAYS.resolved


@pytest.fixture
def patterns():
    return own_arrays.patterns()


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize(("low", "high"), [(-1, 1), (0, 1), (3, 8), (-2.5, 0.25)])
def test_two_values_of_any_format_become_spins(tmp_path, patterns, ending, low, high):
    file = save(tmp_path / f"mine{ending}", np.where(patterns > 0, high, low))
    data = loaded(file=file, test_fraction=0)
    np.testing.assert_array_equal(data["train"].values, patterns)
    assert data["train"].dims == ("pattern", "site")
    assert "test" not in data
    known = (low, high) == (-1, 1)
    assert data.attrs["remarks"] == ("" if known else f"values {low} and {high} read as -1 and +1")


@pytest.mark.parametrize("ending", FORMATS)
def test_a_threshold_makes_spins_of_any_numbers(tmp_path, ending):
    numbers = generator(2, "own arrays").normal(size=(9, 20))
    numbers[0, 0] = 0.25  # at the threshold itself: not above
    file = save(tmp_path / f"mine{ending}", numbers)
    data = loaded(file=file, threshold=0.25, test_fraction=0)
    np.testing.assert_array_equal(data["train"].values, np.where(numbers > 0.25, 1, -1))
    assert data["train"].values[0, 0] == -1
    assert data.attrs["remarks"] == "values above 0.25 read as +1, the others as -1"


@pytest.mark.parametrize("ending", [".npy", ".npz"])
@pytest.mark.parametrize(
    "kind", ["?", "i1", "u1", "<i2", ">i4", "u8", "f2", "<f4", ">f8", np.longdouble]
)
def test_all_kinds_of_numbers_are_read(tmp_path, patterns, ending, kind):
    file = save(tmp_path / f"mine{ending}", (patterns > 0).astype(kind))
    np.testing.assert_array_equal(loaded(file=file, test_fraction=0)["train"].values, patterns)
    np.testing.assert_array_equal(
        loaded(file=file, test_fraction=0, threshold=0.5)["train"].values, patterns
    )


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_all_versions_of_npy_and_columns_first_are_read(tmp_path, patterns, version):
    file = tmp_path / "mine.npy"
    with file.open("wb") as stream:
        np.lib.format.write_array(stream, np.asfortranarray(patterns), version=version)
    np.testing.assert_array_equal(loaded(file=file, test_fraction=0)["train"].values, patterns)


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("name", ["a b", "a[1]{x}*?", 'it\'s "mine"', "é#x=1", "-n", "a.b"])
def test_odd_names_are_names(tmp_path, patterns, ending, name):
    file = save(tmp_path / f"{name}{ending.upper()}", patterns)
    data = loaded(file=file, test_fraction=0)
    np.testing.assert_array_equal(data["train"].values, patterns)
    assert data.attrs["file"] == file.name
    assert ABOUT.files(resolved({"file": str(file)})) == {"file": [str(file)]}


def test_names_are_expanded_where_sizes_are_asked(tmp_path, patterns, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MINE", str(tmp_path / "mine.npz"))
    save(tmp_path / "mine.npz", patterns, labels=np.arange(7))
    save(tmp_path / "labels.npy", np.arange(7))
    for name in ("~/mine.npz", "$MINE", "${MINE}"):
        entry = resolved({"file": name, "key": "patterns", "labels": "~/labels.npy"})
        ABOUT.check(entry)
        assert ABOUT.sites(entry) == 12
        assert ABOUT.files(entry) == {
            "file": [str(tmp_path / "mine.npz")],
            "labels": [str(tmp_path / "labels.npy")],
        }


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    values=npst.arrays(
        st.sampled_from(["i1", "u2", "f4", "f8"]),
        npst.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=6),
        elements={"min_value": 0, "max_value": 50},
    ),
    ending=st.sampled_from([".npy", ".npz", ".nc"]),
    fraction=st.sampled_from([0, 0.1, 0.25, 0.5, 0.9]),
)
def test_headers_and_arrays_always_agree(tmp_path, values, ending, fraction):
    file = save(tmp_path / f"mine{ending}", values)
    entry = {"file": file, "threshold": 7, "test_fraction": fraction}
    if values[0].size < 2 or (fraction and round(fraction * len(values)) in (0, len(values))):
        early_refusal(**entry)
        return
    assert ABOUT.sites(resolved(entry)) == values[0].size
    above = values.reshape(len(values), -1) > 7
    if above.min() == above.max():
        assert "the threshold of 7" in refusal(**entry)
        return
    data = loaded(**entry)
    drawn = [data["train"].values] + ([data["test"].values] if fraction else [])
    rows = np.concatenate(drawn)
    assert sorted(map(bytes, rows)) == sorted(map(bytes, np.where(above, 1, -1).astype(np.int8)))


def test_one_of_several_arrays_is_named_by_its_key(tmp_path, patterns):
    file = save(tmp_path / "mine.npz", patterns, other=-patterns)
    data = loaded(file=file, key="other", test_fraction=0)
    np.testing.assert_array_equal(data["train"].values, -patterns)
    assert "found 2 arrays (patterns, other), expected one, or a key" in early_refusal(file=file)
    message = early_refusal(file=file, key="third")
    assert message == f"{file}: found no array 'third', expected one of patterns, other"


def test_one_of_several_variables_is_named(tmp_path, patterns):
    file = save(tmp_path / "mine.nc", patterns, other=-patterns, axis=np.arange(3))
    data = loaded(file=file, variable="other", test_fraction=0)
    np.testing.assert_array_equal(data["train"].values, -patterns)
    message = early_refusal(file=file)
    assert "found 2 variables of 2 dimensions (patterns, other), expected one" in message
    assert "found no variable 'third'" in early_refusal(file=file, variable="third")
    assert "found an array of shape (3,)" in early_refusal(file=file, variable="axis")
    assert "found no variable of 2 or 3 dimensions" in early_refusal(
        file=save(tmp_path / "other.nc", np.arange(3), hyper=np.zeros((2, 2, 2, 2)))
    )


def test_the_only_table_of_a_file_needs_no_name(tmp_path, patterns):
    file = save(tmp_path / "mine.nc", patterns, axis=np.arange(3), cube=np.zeros((2, 3, 4)))
    np.testing.assert_array_equal(loaded(file=file, test_fraction=0)["train"].values, patterns)


def test_packed_netcdf_values_are_unpacked(tmp_path, patterns):
    file = tmp_path / "mine.nc"
    with netCDF4.Dataset(file, "w") as stored:
        stored.createDimension("p", 7)
        stored.createDimension("n", 12)
        variable = stored.createVariable("x", "i2", ("p", "n"))
        variable.scale_factor, variable.add_offset = 0.5, 10.0
        variable[...] = 10 + 0.5 * patterns
    data = loaded(file=file, test_fraction=0)
    np.testing.assert_array_equal(data["train"].values, patterns)
    assert data.attrs["remarks"] == "values 9.5 and 10.5 read as -1 and +1"
