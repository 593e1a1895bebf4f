"""A user's own images in IDX files."""

import gzip
import struct

import numpy as np
import pytest
from unit import own_images
from unit.own_images import IMAGES, above, save, save_idx

from plmemory.datasets.images.about import ABOUT

loaded, refusal, early_refusal = IMAGES.loaded, IMAGES.refusal, IMAGES.early_refusal
resolved = IMAGES.resolved


@pytest.fixture
def images():
    return own_images.images()


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        ("images.idx3", "labels.idx1"),
        ("my images", "my labels"),
    ],
)
@pytest.mark.parametrize("whole_folder", [True, False])
def test_idx_images_come_with_the_labels_beside_them(
    tmp_path, images, packed, name, labels, whole_folder
):
    file = save_idx(tmp_path / f"{name}{packed}", images)
    save_idx(tmp_path / labels, np.arange(12) % 5)
    folder = tmp_path if whole_folder else file
    data = loaded(folder=folder, test_fraction=0)
    np.testing.assert_array_equal(data["train"].values, above(images))
    np.testing.assert_array_equal(data["train_label"].values, np.arange(12) % 5)
    assert data.attrs["image_shape"] == [5, 7]
    found = ABOUT.files(resolved({"folder": str(folder)}))
    assert found == {"folder": [str(file), str(tmp_path / labels)]}


def test_idx_images_need_no_labels(tmp_path, images):
    file = save_idx(tmp_path / "pictures", images)
    data = loaded(folder=file, crop=[4, 6], size=[2, 2], test_fraction=0.5)
    assert data["test"].values.shape == (6, 4)
    assert "train_label" not in data


def test_one_idx_file_is_for_training_and_another_for_the_test(tmp_path, images):
    train = save_idx(tmp_path / "train-images-idx3-ubyte.gz", images)
    test = save_idx(tmp_path / "t10k-images-idx3-ubyte.gz", images[:2])
    message = early_refusal(folder=tmp_path)
    assert message == (
        f"{tmp_path}: found 2 IDX files of images (t10k-images-idx3-ubyte.gz, "
        "train-images-idx3-ubyte.gz), expected one; name one as folder, another as test_folder"
    )
    data = loaded(folder=train, test_folder=test)
    np.testing.assert_array_equal(data["test"].values, above(images[:2]))


def test_idx_and_image_files_give_the_same(tmp_path, images):
    file, folder = save_idx(tmp_path / "images.idx", images), save(tmp_path / "files", images)
    entry = {"crop": [4, 6], "size": [3, 3], "threshold": 120, "invert": True}
    one, other = loaded(folder=file, **entry), loaded(folder=folder, **entry)
    for name in ("train", "test"):
        np.testing.assert_array_equal(one[name].values, other[name].values)
    assert (one.attrs.pop("folder"), other.attrs.pop("folder")) == ("images.idx", "files")
    assert one.attrs == other.attrs


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "found no IDX file of unsigned bytes with 3 dimensions"),
        (b"nonsense of some length", "found no IDX file of unsigned bytes with 3 dimensions"),
        (struct.pack(">4B2I", 0, 0, 8, 2, 3, 3) + bytes(9), "found no IDX file of unsigned bytes"),
        (struct.pack(">4B3I", 0, 0, 9, 3, 1, 3, 3) + bytes(9), "found no IDX file of unsigned"),
        (struct.pack(">4B2I", 0, 0, 8, 3, 3, 3), "found no IDX file of unsigned bytes"),
        (struct.pack(">4B3I", 0, 0, 8, 3, 0, 3, 3), "found no images, expected at least one"),
        (struct.pack(">4B3I", 0, 0, 8, 3, 5, 0, 3), "found 0 sites a pattern, expected at least 2"),
        (struct.pack(">4B3I", 0, 0, 8, 3, 2, 2, 2) + bytes(7), "found 23 bytes, expected 24 of sh"),
        (struct.pack(">4B3I", 0, 0, 8, 3, 2, 2, 2) + bytes(9), "found 25 bytes, expected 24 of sh"),
        (b"\x1f\x8bnonsense", "found a file that cannot be read"),
    ],
)
def test_a_damaged_idx_file_is_refused(tmp_path, content, message):
    file = tmp_path / "images"
    file.write_bytes(content)
    found = early_refusal(folder=file, test_fraction=0)
    assert found.startswith(f"{file}: ")
    assert message in found


@pytest.mark.parametrize(("change", "found"), [(-1, "23 bytes"), (1, "more")])
def test_a_packed_idx_file_of_another_length_is_refused(tmp_path, change, found):
    content = struct.pack(">4B3I", 0, 0, 8, 3, 2, 2, 2) + bytes(8 + change)
    file = tmp_path / "images.gz"
    file.write_bytes(gzip.compress(content))
    message = refusal(folder=file, test_fraction=0)
    assert message == f"{file}: found {found}, expected 24 bytes, as its header says"


def test_a_packed_idx_file_that_is_cut_short_is_refused(tmp_path, images):
    file = save_idx(tmp_path / "images.gz", images)
    content = file.read_bytes()
    for kept in (3, 15, 100, len(content) - 6):
        file.write_bytes(content[:kept])
        assert "found a file that cannot be read" in refusal(folder=file, test_fraction=0)


def test_idx_labels_that_do_not_fit_are_refused(tmp_path, images):
    file = save_idx(tmp_path / "images", images)
    labels = save_idx(tmp_path / "labels", np.arange(11))
    assert early_refusal(folder=file) == f"{labels}: found 11 labels, expected 12"
    save_idx(labels, images)
    message = early_refusal(folder=file)
    assert message.startswith(f"{labels}: found no IDX file of unsigned bytes with 1 dimensions")
