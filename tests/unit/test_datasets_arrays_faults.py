"""A user's own arrays: what cannot be used is refused in one line."""

import re

import netCDF4
import numpy as np
import pytest
from unit import own_arrays
from unit.own_arrays import ARRAYS, FORMATS, save

from plmemory.datasets.arrays import load
from plmemory.datasets.arrays.about import ABOUT
from plmemory.errors import InputError
from plmemory.seeds import generator

refusal, early_refusal, resolved = ARRAYS.refusal, ARRAYS.early_refusal, ARRAYS.resolved


@pytest.fixture
def patterns():
    return own_arrays.patterns()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            np.array(1.0),
            "found an array of shape (), expected (patterns, sites) or (patterns, rows",
        ),
        (np.array([1, -1, 1]), "found an array of shape (3,), expected (patterns, sites)"),
        (np.zeros((2, 2, 2, 2)), "found an array of shape (2, 2, 2, 2)"),
        (np.zeros((0, 4)), "found no patterns, expected at least one"),
        (np.zeros((3, 0)), "found 0 sites a pattern, expected at least 2"),
        (np.array([[0], [1]]), "found 1 sites a pattern, expected at least 2"),
        (np.zeros((3, 4)) + 1j, "found complex numbers, expected numbers"),
        (np.array([["a", "b"]]), "found text, expected numbers"),
        (np.array([[b"a", b"b"]]), "found text, expected numbers"),
        (np.array([[1, None]]), "found Python objects, expected numbers"),
        (np.zeros((2, 3), "f4,i4"), "found records, expected numbers"),
        (np.zeros((2, 3), "M8[s]"), "found dates, expected numbers"),
        (np.zeros((2, 3), "m8[ns]"), "found durations, expected numbers"),
    ],
)
@pytest.mark.parametrize("ending", [".npy", ".npz"])
def test_arrays_that_are_no_patterns_are_refused_by_their_header(tmp_path, values, message, ending):
    file = save(tmp_path / f"mine{ending}", values)
    found = early_refusal(file=file)
    assert found.startswith(f"{file}: ")
    assert message in found


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            np.arange(24).reshape(4, 6) % 7,
            "found 7 distinct values from 0 to 6, expected two, or a",
        ),
        (
            [[0, 128], [255, 0]],
            "found 3 distinct values from 0 to 255, expected two, or a threshold",
        ),
        (np.ones((3, 4)), "found no value but 1, expected two"),
        ([[1, np.nan], [-1, 1]], "found 1 values that are NaN or infinite, expected none"),
        ([[1, np.inf], [-np.inf, 1]], "found 2 values that are NaN or infinite, expected none"),
    ],
)
def test_values_that_are_no_spins_are_refused(tmp_path, values, message):
    for ending in FORMATS:
        file = save(tmp_path / f"mine{ending}", np.asarray(values))
        found = refusal(file=file, test_fraction=0)
        assert found.startswith(f"{file}: ")
        assert message in found


def test_a_threshold_does_not_hide_bad_values(tmp_path):
    file = save(tmp_path / "mine.npy", [[1, np.nan], [-1, 1]])
    assert "NaN or infinite" in refusal(file=file, threshold=0, test_fraction=0)
    file = save(tmp_path / "mine.npy", [[1, 2], [3, 4]])
    entry = {"file": file, "test_fraction": 0}
    assert "all values are above the threshold of 0.5" in refusal(**entry, threshold=0.5)
    assert "all values are not above the threshold of 4" in refusal(**entry, threshold=4)


def test_missing_netcdf_values_are_refused(tmp_path, patterns):
    file = tmp_path / "mine.nc"
    with netCDF4.Dataset(file, "w") as stored:
        stored.createDimension("p", 7)
        stored.createDimension("n", 12)
        stored.createVariable("x", "f4", ("p", "n"))[:5] = patterns[:5]
    assert "found 24 missing values, expected none" in refusal(file=file)


@pytest.mark.parametrize("kind", ["text", "lists", "records"])
def test_netcdf_variables_that_are_no_numbers_are_refused(tmp_path, kind):
    file = tmp_path / "mine.nc"
    with netCDF4.Dataset(file, "w") as stored:
        stored.createDimension("p", 3)
        stored.createDimension("n", 4)
        kinds = {
            "text": lambda: str,
            "lists": lambda: stored.createVLType(np.int32, "lists"),
            "records": lambda: stored.createCompoundType(np.dtype("i4,f4"), "records"),
        }
        stored.createVariable("x", kinds[kind](), ("p", "n"))
    found = {"lists": "Python objects"}.get(kind, kind)
    assert early_refusal(file=file) == f"{file}: found {found}, expected numbers"


@pytest.mark.parametrize("ending", FORMATS)
def test_a_missing_file_is_named(tmp_path, ending):
    file = tmp_path / f"none{ending}"
    assert early_refusal(file=file) == f"{file}: found no such file"
    file.mkdir()
    assert early_refusal(file=file) == f"{file}: found no such file"


@pytest.mark.parametrize("name", ["mine.npy.gz", "mine.pkl", "mine", "mine.mat"])
def test_another_format_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"whatever")
    message = early_refusal(file=tmp_path / name)
    assert re.search(r"found the ending '(\.\w+)?', expected one of .npy, .npz, .csv, .nc", message)


def damages(content):
    """Ways in which a file comes to harm."""
    yield b""
    yield b"nonsense"
    yield content[:6]
    yield content[: len(content) // 2]
    yield content[:-3]
    yield bytes(reversed(content))


@pytest.mark.parametrize("ending", [".npy", ".npz", ".nc"])
def test_a_damaged_file_is_refused(tmp_path, patterns, ending):
    file = save(tmp_path / f"mine{ending}", np.tile(patterns, (40, 5)).astype(float))
    for content in damages(file.read_bytes()):
        file.write_bytes(content)
        assert refusal(file=file).startswith(f"{file}: found ")


def test_any_damage_to_one_byte_of_a_header_ends_in_one_line_or_in_spins(tmp_path, patterns):
    for ending in (".npy", ".npz"):
        file = save(tmp_path / f"mine{ending}", patterns)
        content = file.read_bytes()
        rng = generator(3, "damage", ending)
        for position in rng.choice(min(len(content), 300), 150, replace=False):
            spoilt = bytearray(content)
            spoilt[position] ^= 1 << rng.integers(8)
            file.write_bytes(spoilt)
            message = ""
            try:
                data = load.load(lambda: generator(7, "split"), **ARRAYS.arguments({"file": file}))
            except InputError as error:
                message = str(error)
            assert message or set(np.unique(data["train"].values)) == {-1, 1}
            assert "\n" not in message


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"file": "a.npy", "key": "x"}, "key: found 'x' for a.npy, expected none but for .npz"),
        ({"file": "a.npz", "variable": "x"}, "variable: found 'x' for a.npz, expected none but"),
        ({"file": "a.npy", "labels": "x"}, "labels: found 'x' for a.npy, expected a file with"),
        ({"file": "a.npz", "labels": 3}, "labels: found 3 for a.npz, expected a file with the"),
        (
            {"file": "a.npy", "test_file": "b.npz"},
            "test_file: found b.npz, expected the ending .npy",
        ),
        ({"file": "a.npy", "test_labels": "b.npy"}, "test_labels: found b.npy, expected a file if"),
        (
            {"file": "a.npy", "test_file": "b.npy", "labels": "y.npy"},
            "test_labels: found None, expected a file if labels is a file and there is a test_file",
        ),
        (
            {"file": "a.npz", "test_file": "b.npz", "labels": "y", "test_labels": "y.npy"},
            "test_labels: found y.npy, expected a file if",
        ),
    ],
)
def test_settings_that_contradict_each_other_are_refused(entry, message):
    with pytest.raises(InputError, match=re.escape(message)):
        ABOUT.check(resolved(entry))
    assert message in refusal(**entry)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("c", "found 0 columns 'c' in the first line, expected one, of the labels"),
        (2, "found 2 columns, expected one of number 2, of the labels"),
    ],
)
def test_a_column_that_is_not_there_is_refused(tmp_path, labels, message):
    (tmp_path / "mine.csv").write_text("a,b\n1,0\n0,1\n")
    assert message in early_refusal(file=tmp_path / "mine.csv", labels=labels)


def test_labels_that_are_not_there_are_refused(tmp_path, patterns):
    file = save(tmp_path / "mine.npz", patterns)
    assert "found no array 'y'" in early_refusal(file=file, labels="y")
    file = save(tmp_path / "mine.nc", patterns)
    assert "found no variable 'y'" in early_refusal(file=file, labels="y")
