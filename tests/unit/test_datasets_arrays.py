"""A user's own arrays: formats, values, labels, sizes told before reading, bad input."""

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import netCDF4
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from plmemory.datasets.arrays import limits, load, table
from plmemory.datasets.arrays.about import ABOUT, SETTINGS
from plmemory.errors import InputError
from plmemory.files.labelled import read_dataset, write_file
from plmemory.networks.ising.states import spins
from plmemory.seeds import generator

FORMATS = [".npy", ".npz", ".csv", ".nc"]
WORDS = ["cat", "dog", "golden retriever", "cat", "owl", "dog", "owl"]


def resolved(entry):
    return {name: setting.default for name, setting in SETTINGS.items()} | entry


def arguments(entry):
    """What ``load`` gets: files as paths, all else as it stands."""
    named = {name for name, setting in SETTINGS.items() if setting.file}
    return {
        name: Path(value) if name in named and value is not None else value
        for name, value in resolved(entry).items()
    }


def loaded(**entry):
    """The data set of an entry, whose sizes must be those that its headers told."""
    entry = {
        name: str(value) if isinstance(value, Path) else value for name, value in entry.items()
    }
    for name, value in entry.items():
        jsonschema.validate(value, dict(SETTINGS[name].schema))
    found = resolved(entry)
    ABOUT.check(found)
    data = load.load(lambda: generator(7, "split"), **arguments(entry))
    train = data["train"].values
    assert train.dtype == np.int8
    assert set(np.unique(train)) <= {-1, 1}
    assert train.shape == (ABOUT.available(found), ABOUT.sites(found))
    provided = {
        "test": "test" in data,
        "labels": "train_label" in data,
        "image_shape": "image_shape" in data.attrs,
    }
    assert ABOUT.provides(found) == {name for name, there in provided.items() if there}
    return data


def refusal(**entry):
    """What ``load`` says of an entry that cannot be used: one line."""
    with pytest.raises(InputError) as error:
        load.load(lambda: generator(7, "split"), **arguments(entry))
    assert "\n" not in str(error.value)
    return str(error.value)


def early_refusal(**entry):
    """The same, where the headers alone tell it."""
    message = refusal(**entry)
    with pytest.raises(InputError, match=re.escape(message)):
        ABOUT.sites(resolved(entry))
    return message


def save(path, values, name="patterns", **others):
    """Write an array, with others beside it where the format has room for them."""
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


@pytest.fixture
def patterns():
    return spins((7, 12), generator(1, "own arrays"))


# Formats and values


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


# Tables as text


@pytest.mark.parametrize("apart", [",", ";", "\t", " ", "  ", ", "])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("first", ["", "\ufeff", "# made by hand\n\n"])
def test_tables_are_read_whatever_sets_their_fields_apart(
    tmp_path, patterns, apart, newline, first
):
    file = tmp_path / "mine.csv"
    rows = newline.join(apart.join(map(str, row)) for row in patterns)
    file.write_bytes((first + rows + newline * 3).encode())
    np.testing.assert_array_equal(loaded(file=file, test_fraction=0)["train"].values, patterns)


@pytest.mark.parametrize("columns", [[f"x{i}" for i in range(12)], list(range(12))])
def test_a_line_of_column_names_is_no_pattern(tmp_path, patterns, columns):
    file = tmp_path / "mine.csv"
    pd.DataFrame(patterns, columns=columns).to_csv(file, index=False)
    data = loaded(file=file, test_fraction=0, threshold=0.5)
    np.testing.assert_array_equal(data["train"].values, patterns)
    assert "the first line of mine.csv names its columns" in data.attrs["remarks"]


def test_quoted_fields_are_numbers_and_may_hold_the_delimiter(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text('"a, first","b","what"\n"1","-1","x, y"\n"-1","1","z"\n')
    data = loaded(file=file, test_fraction=0, labels="what")
    np.testing.assert_array_equal(data["train"].values, [[1, -1], [-1, 1]])
    assert data.attrs["label_names"] == ["x, y", "z"]


def test_a_column_of_row_numbers_is_no_two_values(tmp_path, patterns):
    file = tmp_path / "mine.csv"
    pd.DataFrame(patterns).to_csv(file)  # its first field is empty: neither name nor number
    assert re.search(r"mine.csv: line 1: found '' as value 1", refusal(file=file))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "found an empty file, expected rows of numbers"),
        ("# nothing\n\n", "found an empty file"),
        ("a,b\n", "found no patterns, expected at least one"),
        ("1,0\n0,1\n1,x\n", "line 3: found 'x' as value 2, expected a number"),
        ("1,NA\n0,1\n1,0\n", "line 1: found 'NA' as value 2, expected a number"),
        ("1,0\n\n0,1\n1,0,1\n", "line 4: found 3 fields, expected 2 as in the first line"),
        ("1,0\n0,nan\n1,-inf\n", "found 2 values that are NaN or infinite"),
        ("1\n0\n1\n", "found 1 sites a pattern, expected at least 2"),
        ("\0\1\2", "line 1: found no text"),
    ],
)
def test_a_bad_table_is_told_with_its_line(tmp_path, content, message):
    file = tmp_path / "mine.csv"
    file.write_text(content)
    found = refusal(file=file, test_fraction=0)
    assert found.startswith(f"{file}: ")
    assert message in found


def test_a_line_without_end_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "MAX_LINE", 100)
    file = tmp_path / "mine.csv"
    file.write_text("1,0," * 1000)
    assert "line 1: found no text of fewer than 100 characters" in early_refusal(file=file)


# Which array


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


# Labels and image shapes


@pytest.mark.parametrize("ending", [".npz", ".nc"])
@pytest.mark.parametrize("values", [np.arange(7) * 3 - 1, np.array(WORDS), np.eye(7)[:, :1]])
def test_labels_lie_beside_the_patterns(tmp_path, patterns, ending, values):
    file = save(tmp_path / f"mine{ending}", patterns, classes=values)
    data = loaded(file=file, labels="classes", test_fraction=0)
    expected, names = values.reshape(-1), data.attrs.get("label_names")
    found = data["train_label"].values
    np.testing.assert_array_equal(np.array(names)[found] if names else found, expected)
    assert found.dtype == np.int64
    assert data["train_label"].dims == ("pattern",)


@pytest.mark.parametrize("ending", FORMATS)
def test_labels_have_a_file_of_their_own(tmp_path, patterns, ending):
    file = save(tmp_path / "mine.npy", patterns)
    labels = save(tmp_path / f"labels{ending}", np.arange(7.0) / 2)
    data = loaded(file=file, labels=labels, test_fraction=0)
    np.testing.assert_array_equal(data["train_label"].values, np.arange(7) / 2)
    files = ABOUT.files(resolved({"file": str(file), "labels": str(labels)}))
    assert files == {"file": [str(file)], "labels": [str(labels)]}


@pytest.mark.parametrize("header", ["", "animal\n"])
def test_labels_are_words_one_a_line(tmp_path, patterns, header):
    file = save(tmp_path / "mine.npy", patterns)
    (tmp_path / "labels.csv").write_text(header + "\n".join(WORDS))
    data = loaded(file=file, labels=tmp_path / "labels.csv", test_fraction=0)
    names = data.attrs["label_names"]
    assert names == ["cat", "dog", "golden retriever", "owl"]
    assert [names[label] for label in data["train_label"].values] == WORDS


@pytest.mark.parametrize("labels", ["animal", 2, -11])
@pytest.mark.parametrize("kind", ["words", "numbers"])
def test_labels_are_a_column_of_the_table(tmp_path, patterns, labels, kind):
    values = WORDS if kind == "words" else list(range(7))
    frame = pd.DataFrame(patterns, columns=[f"x{i}" for i in range(12)])
    frame.insert(2, "animal", values)
    file = tmp_path / "mine.csv"
    frame.to_csv(file, index=False, header=isinstance(labels, str))
    data = loaded(file=file, labels=labels, test_fraction=0)
    np.testing.assert_array_equal(data["train"].values, patterns)
    names = data.attrs.get("label_names", range(7))
    assert [names[label] for label in data["train_label"].values] == values


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.arange(6), "found labels of shape (6,) (numbers), expected 7 numbers or words"),
        (np.zeros((7, 2)), "found labels of shape (7, 2)"),
        (np.arange(7) * 1j, "(complex numbers), expected 7 numbers or words"),
        (np.array([0, 1, 2, 3, 4, 5, np.nan]), "found labels that are NaN or infinite"),
    ],
)
def test_labels_that_do_not_fit_are_refused(tmp_path, patterns, labels, message):
    file = save(tmp_path / "mine.npy", patterns)
    found = refusal(file=file, labels=str(save(tmp_path / "labels.npy", labels)))
    assert message in found


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("0\n1\n2\n", "found 3 labels, expected 7, one a pattern"),
        ("0,1\n" * 7, "line 1: found 2 fields, expected one label"),
        ("", "found 0 labels, expected 7"),
    ],
)
def test_a_table_of_labels_that_does_not_fit_is_refused(tmp_path, patterns, content, message):
    file = save(tmp_path / "mine.npy", patterns)
    (tmp_path / "labels.csv").write_text(content)
    assert message in early_refusal(file=file, labels=str(tmp_path / "labels.csv"))


@pytest.mark.parametrize("ending", [".npy", ".npz", ".nc"])
def test_images_are_flattened_and_keep_their_shape(tmp_path, patterns, ending):
    file = save(tmp_path / f"mine{ending}", patterns.reshape(7, 3, 4))
    data = loaded(file=file, test_fraction=0)
    np.testing.assert_array_equal(data["train"].values, patterns)
    assert data.attrs["image_shape"] == [3, 4]
    assert loaded(file=file, image_shape=[3, 4])["train"].sizes["site"] == 12
    assert "image_shape: found [4, 3], expected rows and columns of the 3 x 4 sites" in (
        early_refusal(file=file, image_shape=[4, 3])
    )


def test_rows_have_the_image_shape_that_is_given(tmp_path, patterns):
    file = save(tmp_path / "mine.npy", patterns)
    assert "image_shape" not in loaded(file=file).attrs
    assert loaded(file=file, image_shape=[2, 6]).attrs["image_shape"] == [2, 6]
    message = early_refusal(file=file, image_shape=[3, 5])
    assert (
        message == f"image_shape: found [3, 5], expected rows and columns of the 12 sites of {file}"
    )


# Training and test


@pytest.mark.parametrize(("fraction", "test"), [(0.2, 10), (0.25, 12), (0.35, 18), (0.5, 25)])
def test_a_fraction_is_held_out_at_random(tmp_path, fraction, test):
    # Distinct rows: their numbers in binary. Labels follow their patterns.
    number = np.arange(50)
    values = (number[:, None] >> np.arange(6)) & 1
    file = save(tmp_path / "mine.npz", values, number=number)
    data = loaded(file=file, labels="number", test_fraction=fraction)
    assert data["test"].dims == ("test_pattern", "site")
    assert data["test"].values.shape == (test, 6)
    for side in ("train", "test"):
        decoded = (data[side].values > 0) @ (1 << np.arange(6))
        np.testing.assert_array_equal(decoded, data[f"{side}_label"].values)
        assert (np.diff(decoded) > 0).all()
    both = np.concatenate([data["train_label"].values, data["test_label"].values])
    assert sorted(both) == list(range(50))
    assert set(data["test_label"].values) != set(range(50 - test, 50))
    again = loaded(file=file, labels="number", test_fraction=fraction)
    np.testing.assert_array_equal(again["test"].values, data["test"].values)


def test_every_pattern_is_held_out_as_often_as_another(tmp_path):
    file = save(tmp_path / "mine.npz", np.eye(10, dtype=int), number=np.arange(10))
    entry = arguments({"file": file, "labels": "number", "test_fraction": 0.3})
    counts = np.zeros(10)
    for seed in range(200):
        data = load.load(lambda seed=seed: generator(seed, "split"), **entry)
        counts[data["test_label"].values] += 1
    # Each is drawn with probability 0.3: 60 +- 6.5 times, and none strays by five deviations.
    assert counts.sum() == 600
    assert np.abs(counts - 60).max() < 5 * np.sqrt(200 * 0.3 * 0.7)


def no_generator():
    raise AssertionError("a generator that nothing needs was asked for")


@pytest.mark.parametrize("ending", FORMATS)
def test_a_test_file_is_the_test(tmp_path, patterns, ending):
    unseen = -patterns[:3]
    file = save(tmp_path / f"mine{ending}", (1 + patterns) // 2)
    test_file = save(tmp_path / f"test{ending}", (1 + unseen) // 2)
    data = loaded(file=file, test_file=test_file)
    np.testing.assert_array_equal(data["train"].values, patterns)
    np.testing.assert_array_equal(data["test"].values, unseen)
    load.load(no_generator, **arguments({"file": file, "test_file": test_file}))


def test_a_test_file_reads_its_values_as_training_does(tmp_path, patterns):
    file = save(tmp_path / "mine.npy", (1 + patterns) // 2)
    zeros = save(tmp_path / "zeros.npy", np.zeros((2, 12)))
    assert (loaded(file=file, test_file=zeros)["test"].values == -1).all()
    other = save(tmp_path / "other.npy", patterns)
    message = refusal(file=file, test_file=other)
    assert message == f"{other}: found values from -1 to 1, expected 0 and 1 as in training"
    nan = save(tmp_path / "nan.npy", np.full((2, 12), np.nan))
    assert "found 24 values that are NaN or infinite" in refusal(file=file, test_file=nan)
    narrow = save(tmp_path / "narrow.npy", patterns[:, :5])
    message = early_refusal(file=file, test_file=narrow)
    assert message == f"{narrow}: found patterns of shape (5,), expected (12,) as in file"


def test_a_test_file_has_labels_like_the_training_file(tmp_path, patterns):
    file = save(tmp_path / "mine.npz", patterns, animal=np.array(WORDS))
    test_file = save(tmp_path / "test.npz", -patterns[:2], animal=np.array(["owl", "ape"]))
    data = loaded(file=file, test_file=test_file, labels="animal")
    names = data.attrs["label_names"]
    assert [names[label] for label in data["train_label"].values] == WORDS
    assert [names[label] for label in data["test_label"].values] == ["owl", "ape"]
    labels = save(tmp_path / "y.npy", np.arange(7))
    test_labels = save(tmp_path / "test_y.npy", np.array([5, 3]))
    entry = {"file": file, "key": "patterns", "test_file": test_file, "labels": labels}
    data = loaded(**entry, test_labels=test_labels)
    np.testing.assert_array_equal(data["train_label"].values, np.arange(7))
    np.testing.assert_array_equal(data["test_label"].values, [5, 3])
    assert "test_labels: found None, expected a file" in early_refusal(
        **entry | {"labels": str(labels)}
    )


@pytest.mark.parametrize(
    ("count", "fraction", "taken"), [(1, 0.2, 0), (2, 0.2, 0), (1, 0.9, 1), (3, 0.9, 3)]
)
def test_a_fraction_that_leaves_one_side_empty_is_refused(
    tmp_path, patterns, count, fraction, taken
):
    file = save(tmp_path / "mine.npy", patterns[:count])
    message = early_refusal(file=file, test_fraction=fraction)
    assert (
        f"found {count} patterns, of which a test_fraction of {fraction} takes {taken}" in message
    )
    assert "set test_fraction: 0" in message
    assert loaded(file=file, test_fraction=0)["train"].sizes["pattern"] == count


def test_repeated_patterns_are_counted(tmp_path, patterns):
    file = save(tmp_path / "mine.npy", patterns[[0, 1, 0, 2, 0, 1]])
    test_file = save(tmp_path / "test.npy", patterns[[2, 3, 2, 4]])
    data = loaded(file=file, test_file=test_file)
    assert data.attrs["remarks"] == (
        "3 training patterns repeat another one; 2 test patterns are training patterns, too"
    )


def test_the_data_set_is_written_and_read_again(tmp_path, patterns):
    file = save(tmp_path / "mine.npz", patterns.reshape(7, 3, 4), animal=np.array(WORDS))
    data = loaded(file=file, labels="animal", test_fraction=0.3)
    write_file(data, tmp_path / "data.nc", {})
    again = read_dataset(tmp_path / "data.nc")
    assert list(again.variables) == ["train", "test", "train_label", "test_label"]
    for name, variable in data.variables.items():
        np.testing.assert_array_equal(again[name].values, variable.values)
    assert list(again.attrs["label_names"]) == data.attrs["label_names"]
    assert list(again.attrs["image_shape"]) == [3, 4]


# Bad input


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
                data = load.load(lambda: generator(7, "split"), **arguments({"file": file}))
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


# Safety


def test_pickles_are_never_loaded(tmp_path, monkeypatch):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    trap = np.empty((2, 3), dtype=object)
    trap[...] = Trap()
    for ending in (".npy", ".npz"):
        file = save(tmp_path / f"mine{ending}", trap)
        assert "found Python objects" in early_refusal(file=file)
        # A header that lies about it does not help.
        if ending == ".npy":
            file.write_bytes(file.read_bytes().replace(b"'|O'", b"'i8'"))
            assert "as its header says" in early_refusal(file=file)
    assert not (tmp_path / "sprung").exists()


def npy_header(text):
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize(
    "text",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 3)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (True, 3)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1.5, 3)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 'abc'}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1" + "0" * 5000 + ", 3)}",
        "{'descr': '<f8', 'fortran_order': False}",
        "{'descr': 3, 'fortran_order': False, 'shape': (2, 3)}",
        "__import__('os').abort()",
        "(" * 9000,
        "[1, 2]",
        "",
    ],
)
def test_a_senseless_header_is_refused(tmp_path, text):
    file = tmp_path / "mine.npy"
    file.write_bytes(npy_header(text))
    assert early_refusal(file=file) == f"{file}: found a damaged header, expected a .npy array"


def bombs(folder):
    """Small files that ask for much memory, or long work."""
    said = "{{'descr': '<f8', 'fortran_order': False, 'shape': {}, }}"
    (folder / "lying.npy").write_bytes(npy_header(said.format((10**9, 10**9))) + bytes(64))
    sparse = folder / "sparse.npy"
    with sparse.open("wb") as stream:
        start = npy_header(said.format((10**6, 10**4)))
        stream.write(start)
        stream.truncate(len(start) + 8 * 10**10)
    for name, size in (("zeros", 10**8), ("lying", 100)):
        with zipfile.ZipFile(folder / f"{name}.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            start = npy_header(
                said.format((size // 8 // 1000, 1000) if size > 100 else (10**8, 50))
            )
            with archive.open("x.npy", "w") as stream:
                stream.write(start)
                block = bytes(min(size, 10**7))
                for _ in range(size // len(block)):
                    stream.write(block)
    with zipfile.ZipFile(folder / "lzma.npz", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("x.npy", npy_header(said.format((100, 1000))) + bytes(800_000))
    with netCDF4.Dataset(folder / "unwritten.nc", "w") as stored:
        stored.createDimension("p", 10**6)
        stored.createDimension("n", 10**3)
        stored.createVariable("x", "f8", ("p", "n"), zlib=True)
    with netCDF4.Dataset(folder / "wide.nc", "w") as stored:
        stored.createDimension("p", 10**6)
        stored.createDimension("n", 10**6)
        stored.createVariable("x", "f8", ("p", "n"), zlib=True, chunksizes=(10, 10))


SMALL = """
import resource, sys, time
from pathlib import Path
from plmemory.datasets.arrays.load import load
from plmemory.errors import InputError

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
names = "test_file key variable threshold labels test_labels image_shape".split()
for file in sorted(Path(sys.argv[1]).iterdir()):
    started = time.process_time()
    try:
        load(None, file=file, test_fraction=0.2, **dict.fromkeys(names))
    except InputError as error:
        print(time.process_time() - started, error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_bombs_end_within_a_second_and_200_megabytes(tmp_path):
    bombs(tmp_path)
    source = Path(load.__file__).parents[3]
    run = subprocess.run(
        [sys.executable, "-c", SMALL, str(tmp_path)],
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=True,
    )
    *lines, kilobytes = run.stdout.splitlines()
    assert len(lines) == len(list(tmp_path.iterdir())) == 7
    assert all(float(line.split()[0]) < 1 for line in lines), run.stdout
    assert int(kilobytes) < 200_000
    said = {Path(line.split()[1].rstrip(":")).name: line for line in lines}
    assert "expected at most 8589934592 bytes in all" in said["sparse.npy"]
    assert "expected at most 800 times its size" in said["zeros.npz"]
    assert "expected at most 8589934592 bytes in all" in said["wide.nc"]
    assert "expected at most 800 times its size" in said["unwritten.nc"]
    assert "packed otherwise than numpy packs" in said["lzma.npz"]
    for name in ("lying.npy", "lying.npz"):
        assert "as its header says" in said[name]


def test_sparse_patterns_are_no_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "ALWAYS_READ", 0)
    sparse = (generator(4, "sparse").random((300, 400)) < 0.01).astype(float)
    file = save(tmp_path / "mine.npz", sparse)
    assert loaded(file=file, test_fraction=0)["train"].sizes["site"] == 400


def test_members_of_an_archive_are_not_unpacked_to_paths(tmp_path, patterns):
    stored = io.BytesIO()
    np.save(stored, patterns)
    file = tmp_path / "inner" / "mine.npz"
    file.parent.mkdir()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../escaped.npy", stored.getvalue())
    np.testing.assert_array_equal(loaded(file=file, test_fraction=0)["train"].values, patterns)
    assert [path.name for path in tmp_path.iterdir()] == ["inner"]


def test_an_encrypted_archive_is_refused(tmp_path, patterns):
    file = save(tmp_path / "mine.npz", patterns)
    content = bytearray(file.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    file.write_bytes(content)
    assert "found a file that cannot be read" in early_refusal(file=file)


def test_sizes_need_no_numpy(tmp_path, patterns):
    files = [save(tmp_path / f"mine{ending}", patterns) for ending in (".npy", ".npz", ".csv")]
    code = (
        "import sys; from plmemory.datasets.arrays.about import ABOUT, SETTINGS\n"
        "defaults = {name: setting.default for name, setting in SETTINGS.items()}\n"
        "for file in sys.argv[1:]:\n"
        "    entry = defaults | {'file': file}\n"
        "    print(ABOUT.sites(entry), ABOUT.available(entry), *sorted(ABOUT.provides(entry)))\n"
        "assert 'numpy' not in sys.modules"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *map(str, files)],
        env={"PYTHONPATH": str(Path(load.__file__).parents[3])},
        capture_output=True,
        text=True,
    )
    assert run.stdout.split("\n") == ["12 6 test"] * 3 + [""], run.stderr
