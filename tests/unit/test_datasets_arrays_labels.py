"""A user's own arrays: labels and image shapes."""

import numpy as np
import pandas as pd
import pytest
from unit import own_arrays
from unit.own_arrays import ARRAYS, FORMATS, WORDS, save

from plmemory.datasets.arrays.about import ABOUT

loaded, refusal, early_refusal = ARRAYS.loaded, ARRAYS.refusal, ARRAYS.early_refusal
resolved = ARRAYS.resolved


@pytest.fixture
def patterns():
    return own_arrays.patterns()


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
@pytest.mark.parametrize("shape", [(7,), (7, 1)])
def test_labels_have_a_file_of_their_own(tmp_path, patterns, ending, shape):
    file = save(tmp_path / "mine.npy", patterns)
    labels = save(tmp_path / f"labels{ending}", np.arange(7.0).reshape(shape) / 2)
    data = loaded(file=file, labels=labels, test_fraction=0)
    np.testing.assert_array_equal(data["train_label"].values, np.arange(7) / 2)
    files = ABOUT.files(resolved({"file": str(file), "labels": str(labels)}))
    assert files == {"file": [str(file)], "labels": [str(labels)]}


@pytest.mark.parametrize("ending", [".npy", ".npz"])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("number", [0xD800, 0xDFFF, 0x110000, 2**32 - 1])
def test_numbers_that_are_no_characters(tmp_path, patterns, ending, order, number):
    words = np.array(WORDS, dtype=f"{order}U16")
    words.view(f"{order}u4")[-1] = number
    file = save(tmp_path / "mine.npy", patterns)
    labels = save(tmp_path / f"labels{ending}", words)
    said = refusal(file=file, labels=labels, test_fraction=0)
    assert said == f"{labels}: found a damaged array (a text with {number:#x}), expected characters"


@pytest.mark.parametrize("order", "<>")
def test_characters_of_all_kinds_are_labels(tmp_path, patterns, order):
    words = [*WORDS[:-3], "\ud7ff", "\ue000", "\U0010ffff"]
    file = save(tmp_path / "mine.npy", patterns)
    labels = save(tmp_path / "labels.npy", np.array(words, dtype=f"{order}U16"))
    data = loaded(file=file, labels=labels, test_fraction=0)
    names = data.attrs["label_names"]
    assert [names[label] for label in data["train_label"].values] == words


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
