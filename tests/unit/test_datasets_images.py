"""A user's own images: files and IDX, grey levels, sizes told before reading, bad input."""

import gzip
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import idx2numpy
import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from plmemory.datasets.images import load
from plmemory.datasets.images.about import ABOUT, SETTINGS
from plmemory.errors import InputError
from plmemory.files.labelled import read_dataset, write_file
from plmemory.seeds import generator

LOSSLESS = [".png", ".tif", ".tiff", ".bmp", ".gif", ".pgm"]
SOURCE = str(Path(load.__file__).parents[3])


def resolved(entry):
    return {name: setting.default for name, setting in SETTINGS.items()} | entry


def arguments(entry):
    """What ``load`` gets: folders as paths, all else as it stands."""
    named = {name for name, setting in SETTINGS.items() if setting.file}
    return {
        name: Path(value) if name in named and value is not None else value
        for name, value in resolved(entry).items()
    }


def loaded(**entry):
    """The data set of an entry, whose sizes must be those that were told beforehand."""
    entry = {
        name: str(value) if isinstance(value, Path) else value for name, value in entry.items()
    }
    for name, value in entry.items():
        jsonschema.validate(value, dict(SETTINGS[name].schema))
    found = resolved(entry)
    data = load.load(lambda: generator(7, "split"), **arguments(entry))
    train = data["train"].values
    assert train.dtype == np.int8
    assert set(np.unique(train)) <= {-1, 1}
    assert train.shape == (ABOUT.available(found), ABOUT.sites(found))
    assert np.prod(data.attrs["image_shape"]) == train.shape[1]
    provided = {"image_shape": True, "test": "test" in data, "labels": "train_label" in data}
    assert ABOUT.provides(found) == {name for name, there in provided.items() if there}
    return data


def refusal(**entry):
    """What ``load`` says of an entry that cannot be used: one line."""
    with pytest.raises(InputError) as error:
        load.load(lambda: generator(7, "split"), **arguments(entry))
    assert "\n" not in str(error.value)
    return str(error.value)


def early_refusal(**entry):
    """The same, where it is told before images are read."""
    message = refusal(**entry)
    with pytest.raises(InputError, match=re.escape(message)):
        ABOUT.sites(resolved(entry))
    return message


def save(folder, images, names=None, ending=".png"):
    """Write grey images, named by their numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    names = names or [f"{number}{ending}" for number in range(len(images))]
    for name, image in zip(names, images, strict=True):
        Image.fromarray(image).save(folder / name)
    return folder


def save_idx(path, values):
    content = idx2numpy.convert_to_string(np.asarray(values, dtype=np.uint8))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def above(images, threshold=127):
    return np.where(images.reshape(len(images), -1) > threshold, 1, -1)


@pytest.fixture
def images():
    return generator(1, "own images").integers(0, 256, (12, 5, 7)).astype(np.uint8)


# Files


@pytest.mark.parametrize("ending", [*LOSSLESS, ".PNG", ".Tiff"])
def test_images_of_any_format_become_spins(tmp_path, images, ending):
    folder = save(tmp_path, images, ending=ending)
    data = loaded(folder=folder, test_fraction=0)
    np.testing.assert_array_equal(data["train"].values, above(images))
    assert data["train"].dims == ("pattern", "site")
    assert data.attrs["image_shape"] == [5, 7]
    assert data.attrs["remarks"] == "grey levels above 127 read as +1, the others as -1"


@pytest.mark.parametrize("ending", [".jpg", ".jpeg", ".JPG"])
def test_jpeg_images_become_spins(tmp_path, ending):
    # Flat squares of 8 x 8 pixels survive the compression but for a few levels.
    squares = generator(2, "jpeg").choice([40, 220], (6, 3, 2)).astype(np.uint8)
    folder = save(tmp_path, squares.repeat(8, axis=1).repeat(8, axis=2), ending=ending)
    data = loaded(folder=folder, size=[3, 2], test_fraction=0)
    np.testing.assert_array_equal(data["train"].values, above(squares))


def test_only_images_are_read_in_the_natural_order_of_their_names(tmp_path, images):
    names = ["2.png", "10.png", "1.PNG", "a b.png", "a10[x].png", "a9'\"?*.png", "é.png", "A.png"]
    folder = save(tmp_path, images[:8], names)
    for other in ("notes.txt", ".hidden.png", "._1.png", "Thumbs.db"):
        (folder / other).write_text("no image")
    (folder / "empty").mkdir()
    (folder / "directory.png").mkdir()
    expected = [
        "1.PNG",
        "2.png",
        "10.png",
        "A.png",
        "a9'\"?*.png",
        "a10[x].png",
        "a b.png",
        "é.png",
    ]
    found = ABOUT.files(resolved({"folder": str(folder)}))
    assert found == {"folder": [str(folder / name) for name in expected]}
    data = loaded(folder=folder, test_fraction=0)
    order = [names.index(name) for name in expected]
    np.testing.assert_array_equal(data["train"].values, above(images[order]))


def test_sub_folders_are_labels(tmp_path, images):
    for name, part in (("owl", images[:3]), ("cat 2", images[3:7]), ("cat 10", images[7:])):
        save(tmp_path / "train" / name, part)
    save(tmp_path / "train" / ".trash", images[:1])
    save(tmp_path / "test" / "owl", images[:1])
    data = loaded(folder=tmp_path / "train", test_folder=tmp_path / "test")
    order = [*range(3, 7), *range(7, 12), *range(3)]
    np.testing.assert_array_equal(data["train"].values, above(images[order]))
    names = data.attrs["label_names"]
    labels = [names[label] for label in data["train_label"].values]
    assert labels == ["cat 2"] * 4 + ["cat 10"] * 5 + ["owl"] * 3
    assert [names[label] for label in data["test_label"].values] == ["owl"]
    assert "1 test patterns are training patterns, too" in data.attrs["remarks"]
    files = ABOUT.files(
        resolved({"folder": str(tmp_path / "train"), "test_folder": str(tmp_path / "test")})
    )
    assert len(files["folder"]) == 12
    assert files["test_folder"] == [str(tmp_path / "test/owl/0.png")]


def test_sub_folders_of_numbers_are_these_numbers(tmp_path, images):
    for digit in (10, 9):
        save(tmp_path / str(digit), images[digit - 9 : digit - 7])
    data = loaded(folder=tmp_path, test_fraction=0)
    np.testing.assert_array_equal(data["train_label"].values, [9, 9, 10, 10])
    assert "label_names" not in data.attrs


def test_names_are_expanded_where_sizes_are_asked(tmp_path, images, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FACES", "my faces")
    save(tmp_path / "my faces", images)
    entry = resolved({"folder": "~/$FACES"})
    assert ABOUT.sites(entry) == 35
    assert ABOUT.available(entry) == 10
    assert ABOUT.files(entry)["folder"][0] == str(tmp_path / "my faces/0.png")


# Grey levels


@pytest.mark.parametrize("threshold", [0, 86, 127.5, 254])
@pytest.mark.parametrize("invert", [False, True])
def test_spins_are_up_above_the_threshold(tmp_path, threshold, invert):
    levels = np.arange(256, dtype=np.uint8).reshape(4, 8, 8)
    data = loaded(
        folder=save(tmp_path, levels), threshold=threshold, invert=invert, test_fraction=0
    )
    expected = above(255 - levels if invert else levels, threshold)
    np.testing.assert_array_equal(data["train"].values, expected)
    assert data.attrs["remarks"].startswith("inverted, " if invert else "grey levels above")


def test_colours_become_grey_by_itu_r_601(tmp_path):
    colours = generator(3, "colours").integers(0, 256, (40, 40, 3)).astype(np.uint8)
    Image.fromarray(colours).save(tmp_path / "colours.png")
    grey = colours @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(load.picture(tmp_path / "colours.png"), grey, atol=0.51)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK"])
def test_all_modes_of_eight_bits_are_read(tmp_path, mode):
    levels = np.array([[0, 255, 0], [255, 255, 0]], dtype=np.uint8)
    ending = "tif" if mode == "CMYK" else "png"
    Image.fromarray(levels).convert(mode).save(tmp_path / f"image.{ending}")
    np.testing.assert_array_equal(load.picture(tmp_path / f"image.{ending}"), levels)


@pytest.mark.parametrize("kind", ["RGBA", "LA", "key"])
def test_transparent_pixels_show_white(tmp_path, kind):
    black = Image.new("L" if kind == "key" else kind, (3, 2), 0)
    if kind == "key":
        black.putpixel((1, 0), 9)
        black.save(tmp_path / "image.png", transparency=0)
        expected = [[255, 9, 255], [255, 255, 255]]
    else:
        black.putpixel((1, 0), (0, 0, 0, 255)[-len(kind) :])
        black.save(tmp_path / "image.png")
        expected = [[255, 0, 255], [255, 255, 255]]
    np.testing.assert_array_equal(load.picture(tmp_path / "image.png"), expected)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_images_are_turned_upright(tmp_path, orientation):
    upright = np.arange(15, dtype=np.uint8).reshape(3, 5) * 17
    # How a camera held in this way stores the picture (TIFF 6.0: where row 0 and column 0 lie).
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: upright.T[::-1],
        7: upright.T[::-1, ::-1],
        8: upright.T[:, ::-1],
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(stored)).save(tmp_path / "image.png", exif=exif)
    np.testing.assert_array_equal(load.picture(tmp_path / "image.png"), upright)
    data = loaded(folder=tmp_path, test_fraction=0)
    assert data.attrs["image_shape"] == [3, 5]


# Sizes


@pytest.mark.parametrize("crop", [[5, 7], [3, 3], [2, 4], [1, 7]])
def test_crops_are_central(tmp_path, images, crop):
    data = loaded(folder=save(tmp_path, images), crop=crop, test_fraction=0)
    top, left = (5 - crop[0]) // 2, (7 - crop[1]) // 2
    cropped = images[:, top : top + crop[0], left : left + crop[1]]
    np.testing.assert_array_equal(data["train"].values, above(cropped))
    assert data.attrs["image_shape"] == crop


def test_images_are_resampled_by_area():
    levels = generator(4, "area").integers(0, 256, (12, 20)).astype(np.uint8)
    means = levels.reshape(3, 4, 4, 5).mean(axis=(1, 3))
    np.testing.assert_array_equal(load.prepare(levels, None, [3, 4], ""), means)
    # Pixels that lie across the border of two count by their parts.
    row = np.array([[10, 100, 250]], dtype=np.uint8)
    expected = [[(10 + 50) / 1.5, (50 + 250) / 1.5]]
    np.testing.assert_allclose(load.prepare(row, None, [1, 2], ""), expected, rtol=1e-15)
    larger = load.prepare(levels, None, [24, 60], "")
    np.testing.assert_array_equal(larger, levels.repeat(2, axis=0).repeat(3, axis=1))


@settings(max_examples=40, deadline=None)
@given(shape=st.tuples(*[st.integers(1, 9)] * 2), size=st.tuples(*[st.integers(1, 9)] * 2))
def test_resampling_is_repeating_every_pixel_and_then_taking_means(shape, size):
    levels = generator(5, "area", *shape).integers(0, 256, shape).astype(np.uint8)
    fine = levels.repeat(size[0], axis=0).repeat(size[1], axis=1)
    means = fine.reshape(size[0], shape[0], size[1], shape[1]).mean(axis=(1, 3))
    np.testing.assert_array_equal(load.prepare(levels, None, size, ""), means)


def test_flat_grey_at_the_threshold_is_not_above_it():
    for side in range(1, 60):
        flat = np.full((side, 61), 127, dtype=np.uint8)
        assert (load.prepare(flat, None, [7, 11], "") == 127).all()


def test_images_of_any_size_are_cropped_and_then_resampled(tmp_path, images):
    folder = save(tmp_path, [images[0][:4, :6], images[1][:, :6], images[2][:4]])
    data = loaded(folder=folder, crop=[4, 6], size=[2, 3], threshold=120, test_fraction=0)
    parts = np.stack([images[0][:4, :6], images[1][:4, :6], images[2][:4, :6]])
    means = parts.reshape(3, 2, 2, 3, 2).mean(axis=(2, 4))
    np.testing.assert_array_equal(data["train"].values, above(means, 120))
    assert data.attrs["image_shape"] == [2, 3]


def test_images_of_differing_size_are_refused_by_name(tmp_path, images):
    folder = save(tmp_path, [images[0], images[1], images[2][:4]])
    message = refusal(folder=folder, test_fraction=0)
    assert message == (
        f"{folder / '2.png'}: found 4 x 7 pixels, expected 5 x 7 as in the first image, "
        "or a size for all"
    )
    message = refusal(folder=folder, crop=[5, 6], test_fraction=0)
    assert message == f"{folder / '2.png'}: found 4 x 7 pixels, expected at least 5 x 6, the crop"
    test_folder = save(tmp_path / "other", images[:, :4])
    message = refusal(folder=save(tmp_path / "same", images), test_folder=test_folder)
    assert message.startswith(f"{test_folder / '0.png'}: found 4 x 7 pixels")


# IDX files


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


# Training and test


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


# Safety


def png_of(width, height):
    """A PNG of so many black pixels, almost none of which are there."""

    def chunk(kind, content):
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    start = struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(10_000))
    parts = chunk(b"IHDR", start) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def bombs(folder):
    """Folders and files that ask for much memory, or long work."""
    for width in (6000, 10_000, 32_000, 2**31 - 1):
        (folder / f"png {width}").mkdir()
        (folder / f"png {width}" / "0.png").write_bytes(png_of(width, width))
    (folder / "many.idx").write_bytes(struct.pack(">4B3I", 0, 0, 8, 3, 10**6, 1000, 1000))
    (folder / "most.idx").write_bytes(struct.pack(">4B3I", 0, 0, 8, 3, *[2**32 - 1] * 3))
    with (folder / "sparse.idx").open("wb") as stream:
        stream.write(struct.pack(">4B3I", 0, 0, 8, 3, 10**6, 100, 100))
        stream.truncate(16 + 10**10)
    for name, shape in (
        ("zeros", (10**5, 1000)),
        ("longer", (10, 10)),
        ("many", (10**7, 1000)),
    ):
        with gzip.open(folder / f"{name}.gz", "wb") as stream:
            stream.write(struct.pack(">4B3I", 0, 0, 8, 3, shape[0], shape[1], 1))
            for _ in range(10):
                stream.write(bytes(10**7))


SMALL = """
import resource, sys, time
from pathlib import Path
from plmemory.datasets.images.load import load
from plmemory.errors import InputError

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for folder in sorted(Path(sys.argv[1]).iterdir()):
    started = time.process_time()
    try:
        load(None, folder=folder, test_folder=None, threshold=127, crop=None, size=[16, 16],
             invert=False, test_fraction=0)
    except InputError as error:
        print(time.process_time() - started, folder.name, error, sep="|")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_bombs_end_within_a_second_and_200_megabytes(tmp_path):
    bombs(tmp_path)
    run = subprocess.run(
        [sys.executable, "-c", SMALL, str(tmp_path)],
        env={"PYTHONPATH": SOURCE},
        capture_output=True,
        text=True,
        check=True,
    )
    *lines, kilobytes = run.stdout.splitlines()
    assert len(lines) == len(list(tmp_path.iterdir())) == 10, run.stdout
    said = {line.split("|")[1]: line for line in lines}
    assert all(float(line.split("|")[0]) < 1 for line in lines), run.stdout
    assert int(kilobytes) < 200_000
    assert "found 6000 x 6000 pixels, expected at most 33554432 in all" in said["png 6000"]
    for width in (10_000, 32_000, 2**31 - 1):
        assert "found an image that cannot be read" in said[f"png {width}"]
    for name in ("many.idx", "most.idx", "sparse.idx", "many.gz"):
        assert "expected at most 8589934592 bytes in all" in said[name]
    assert "expected at most 800 times its size" in said["zeros.gz"]
    assert "found more, expected 116 bytes" in said["longer.gz"]


def test_too_many_images_are_refused_before_they_are_read(tmp_path, images):
    folder = save(tmp_path, images)
    message = early_refusal(folder=folder, size=[100_000, 100_000])
    assert "found values of shape (12, 10000000000)" in message


def test_only_readers_of_images_are_tried(tmp_path):
    (tmp_path / "0.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    assert "cannot identify image file" in early_refusal(folder=tmp_path, test_fraction=0)


def test_sizes_need_no_numpy_and_no_pillow_where_they_are_given(tmp_path, images):
    folder, file = save(tmp_path / "a", images), save_idx(tmp_path / "images.gz", images)
    code = (
        "import sys; from plmemory.datasets.images.about import ABOUT, SETTINGS\n"
        "defaults = {name: setting.default for name, setting in SETTINGS.items()}\n"
        "for more in ({'folder': sys.argv[1], 'size': [4, 4]}, {'folder': sys.argv[2]}):\n"
        "    entry = defaults | more\n"
        "    print(ABOUT.sites(entry), ABOUT.available(entry), *sorted(ABOUT.provides(entry)))\n"
        "assert not {'numpy', 'PIL'} & set(sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(folder), str(file)],
        env={"PYTHONPATH": SOURCE},
        capture_output=True,
        text=True,
    )
    assert run.stdout.split("\n") == ["16 10 image_shape test", "35 10 image_shape test", ""], (
        run.stderr
    )
