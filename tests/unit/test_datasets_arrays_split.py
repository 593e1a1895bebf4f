"""A user's own arrays: training and test."""

import numpy as np
import pytest
from unit import own_arrays
from unit.own_arrays import ARRAYS, FORMATS, WORDS, save

from plmemory.datasets.arrays import load
from plmemory.files.labelled import read_dataset, write_file
from plmemory.seeds import generator

loaded, refusal, early_refusal = ARRAYS.loaded, ARRAYS.refusal, ARRAYS.early_refusal


@pytest.fixture
def patterns():
    return own_arrays.patterns()


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
    entry = ARRAYS.arguments({"file": file, "labels": "number", "test_fraction": 0.3})
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
    load.load(no_generator, **ARRAYS.arguments({"file": file, "test_file": test_file}))


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
