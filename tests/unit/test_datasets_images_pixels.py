"""A user's own images: grey levels and sizes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from unit import own_images
from unit.own_images import IMAGES, above, save

from plmemory.datasets.images import load
from plmemory.seeds import generator

loaded, refusal = IMAGES.loaded, IMAGES.refusal


@pytest.fixture
def images():
    return own_images.images()


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
