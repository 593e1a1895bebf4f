"""A user's own images: training and test, and what cannot be used."""

import numpy as np
import pytest
from PIL import Image
from unit import own_images
from unit.own_images import IMAGES, LOSSLESS, above, save

from plmemory.files.labelled import read_dataset, write_file

loaded, refusal, early_refusal = IMAGES.loaded, IMAGES.refusal, IMAGES.early_refusal


@pytest.fixture
def images():
    return own_images.images()


def test_a_fraction_is_held_out_at_random_with_its_labels(tmp_path, images):
    for number, image in enumerate(images):
        save(tmp_path / str(number), [image])
    data = loaded(folder=tmp_path, test_fraction=0.3)
    assert data["test"].values.shape == (4, 35)
    for side in ("train", "test"):
        labels = data[f"{side}_label"].values
        np.testing.assert_array_equal(data[side].values, above(images[labels]))
    both = np.concatenate([data["train_label"].values, data["test_label"].values])
    assert sorted(both) == list(range(12))


def test_a_test_folder_is_the_test(tmp_path, images):
    folder, test_folder = save(tmp_path / "a", images[:9]), save(tmp_path / "b", images[8:])
    data = loaded(folder=folder, test_folder=test_folder)
    np.testing.assert_array_equal(data["train"].values, above(images[:9]))
    np.testing.assert_array_equal(data["test"].values, above(images[8:]))
    assert data.attrs["remarks"].endswith("; 1 test patterns are training patterns, too")


def test_both_folders_have_labels_or_neither(tmp_path, images):
    flat = save(tmp_path / "flat", images)
    save(tmp_path / "labelled/owl", images)
    message = early_refusal(folder=flat, test_folder=tmp_path / "labelled")
    assert message == f"{tmp_path / 'labelled'}: found some labels, expected none as in folder"
    message = early_refusal(folder=tmp_path / "labelled", test_folder=flat)
    assert message == f"{flat}: found no labels, expected some as in folder"


def test_a_fraction_that_leaves_one_side_empty_is_refused(tmp_path, images):
    folder = save(tmp_path, images[:2])
    assert "found 2 patterns, of which a test_fraction of 0.2 takes 0" in early_refusal(
        folder=folder
    )
    assert loaded(folder=folder, test_fraction=0.5)["test"].sizes["test_pattern"] == 1


def test_the_data_set_is_written_and_read_again(tmp_path, images):
    for name, part in (("owl", images[:5]), ("cat", images[5:])):
        save(tmp_path / "images" / name, part)
    data = loaded(folder=tmp_path / "images")
    write_file(data, tmp_path / "data.nc", {})
    again = read_dataset(tmp_path / "data.nc")
    assert list(again.variables) == ["train", "test", "train_label", "test_label"]
    for name, variable in data.variables.items():
        np.testing.assert_array_equal(again[name].values, variable.values)


# Bad input


def test_a_place_without_images_is_refused(tmp_path, images):
    missing = tmp_path / "missing"
    message = early_refusal(folder=missing)
    assert message == f"{missing}: found no folder that can be read (No such file or directory)"
    assert "found no images, expected files or sub-folders" in early_refusal(folder=tmp_path)
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "packed.gz").write_bytes(b"\x1f\x8b, but not packed")
    assert "found a file that cannot be read" in early_refusal(folder=tmp_path)
    file = save(tmp_path / "one", images[:1]) / "0.png"
    assert early_refusal(folder=file) == f"{file}: found one image, expected a folder of them"


def test_images_beside_folders_of_images_are_refused(tmp_path, images):
    save(tmp_path / "owl", images)
    save(tmp_path, images)
    assert early_refusal(folder=tmp_path) == (
        f"{tmp_path}: found images both in the folder and in its sub-folder owl, "
        "expected all in sub-folders or none"
    )


def test_images_all_on_one_side_of_the_threshold_are_refused(tmp_path, images):
    folder = save(tmp_path, images // 3)
    message = refusal(folder=folder)
    assert message == (
        f"{folder}: found that all values are not above the threshold of 127, "
        "expected some on either side"
    )


def test_a_single_pixel_is_refused(tmp_path, images):
    assert "found 1 sites" in early_refusal(folder=save(tmp_path, images), size=[1, 1])


@pytest.mark.parametrize("ending", [*LOSSLESS, ".jpg"])
@pytest.mark.filterwarnings("default")  # of metadata, which only Pillow's own tests care for
def test_a_damaged_image_is_refused_by_name(tmp_path, images, ending):
    folder = save(tmp_path, images.repeat(20, axis=1), ending=ending)
    file = folder / f"0{ending}"
    content = file.read_bytes()
    for damaged in (b"", b"nonsense", content[:20], content[: len(content) // 2]):
        file.write_bytes(damaged)
        message = refusal(folder=folder, test_fraction=0)
        assert message.startswith(f"{file}: found an image that cannot be read (")


@pytest.mark.parametrize(
    ("kind", "name", "mode"),
    [(np.uint16, "0.png", "I;16"), (np.int32, "0.tif", "I"), (np.float32, "0.tif", "F")],
)
def test_images_of_more_than_eight_bits_are_refused(tmp_path, kind, name, mode):
    Image.fromarray(np.arange(35).reshape(5, 7).astype(kind)).save(tmp_path / name)
    message = early_refusal(folder=tmp_path, test_fraction=0)
    assert message == (
        f"{tmp_path / name}: found pixels of Pillow's mode {mode}, expected 8 bits a channel"
    )


@pytest.mark.parametrize("ending", ["gif", "tif", "png"])
def test_several_images_in_a_file_are_refused(tmp_path, images, ending):
    first, *others = map(Image.fromarray, images)
    first.save(tmp_path / f"0.{ending}", save_all=True, append_images=others)
    message = early_refusal(folder=tmp_path, test_fraction=0)
    assert message == f"{tmp_path}/0.{ending}: found several images in the file, expected one"
