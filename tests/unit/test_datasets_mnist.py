"""MNIST: how images become patterns.

The images of these tests are made up; the published statistics of the real ones are tested with
the workflow.
"""

import hashlib

import idx2numpy
import numpy as np
import pytest
import xarray as xr
from scipy import ndimage

from plmemory.datasets.mnist import load as mnist
from plmemory.datasets.mnist import raw as mnist_files
from plmemory.files.labelled import write_file
from plmemory.seeds import generator


def strokes(slant, height=28, width=28):
    """A bar three pixels wide through the image's centre, leaning by ``slant`` columns a row."""
    rows, columns = np.indices((height, width)) - (np.array([height, width]) - 1)[:, None, None] / 2
    distance = np.abs(columns - slant * rows)
    inside = np.abs(rows) < height / 3
    return (255 * np.clip(2 - distance, 0, 1) * inside).round().astype(np.uint8)


def test_slant_is_the_weighted_regression_of_column_on_row():
    rng = generator(1, "slants")
    images = rng.integers(0, 256, (5, 12, 9)).astype(np.uint8)
    rows, columns = np.indices((12, 9))
    expected = [
        np.polyfit(rows.ravel(), columns.ravel(), 1, w=np.sqrt(image.ravel().astype(float)))[0]
        for image in images
    ]
    # Sums of a hundred terms of order 10 in single precision, of which the slant is a quotient.
    np.testing.assert_allclose(mnist.slants(images), expected, atol=1e-6)


def test_images_without_a_slant_stay_as_they_are():
    blank = np.zeros((28, 28), np.uint8)
    row = blank.copy()
    row[5, 3:20] = 200
    images = np.stack([blank, row, strokes(0)])
    np.testing.assert_array_equal(mnist.slants(images)[:2], 0)
    np.testing.assert_array_equal(mnist.deskew(images), images)


@pytest.mark.parametrize("slant", [-0.6, 0.25, 0.5])
def test_a_leaning_bar_is_set_upright_about_the_centre(slant):
    image = strokes(slant)
    assert mnist.slants(image[None])[0] == pytest.approx(slant, abs=0.02)
    upright = mnist.deskew(image[None])
    assert abs(mnist.slants(upright)[0]) < 0.01
    np.testing.assert_allclose(
        ndimage.center_of_mass(upright[0]), ndimage.center_of_mass(image), atol=0.02
    )


def test_deskewing_interpolates_each_row_linearly_and_rounds():
    image = generator(1, "rows").integers(0, 256, (28, 28)).astype(np.uint8)
    image[:, :4] = 0
    image[:, 24:] = 0
    columns = np.arange(28)
    slant = float(mnist.slants(image[None])[0])
    rows = [
        np.interp(columns + slant * (row - 13.5), columns, values)
        for row, values in enumerate(image)
    ]
    np.testing.assert_array_equal(mnist.deskew(image[None])[0], np.round(rows))


def test_a_shift_by_whole_pixels_is_exact():
    """At slant 1 with an odd height every row moves by a whole number of columns."""
    image = np.zeros((7, 9), np.uint8)
    for row in range(2, 5):
        image[row, row + 1] = 40 * row
    upright = np.zeros_like(image)
    upright[2:5, 4] = image[[2, 3, 4], [3, 4, 5]]
    np.testing.assert_array_equal(mnist.deskew(image[None])[0], upright)


def test_crop_and_threshold():
    image = np.arange(36, dtype=np.uint8).reshape(6, 6)
    expected = [[-1, -1], [1, 1]]  # the central pixels 14 15 / 20 21
    spins = mnist.to_spins(image[None], side=2, threshold=15)
    np.testing.assert_array_equal(spins, np.reshape(expected, (1, 4)))
    assert spins.dtype == np.int8


@pytest.fixture
def raw():
    """Training images and labels, test images and labels."""
    rng = generator(1, "test mnist images")
    shapes = [(6, 28, 28), (6,), (3, 28, 28), (3,)]
    return [rng.integers(0, 10, shape).astype(np.uint8) for shape in shapes]


def test_prepared_data_set(raw, tmp_path):
    images, labels, test_images, test_labels = raw
    dataset = mnist.prepare(images, labels, test_images, test_labels, threshold=4)
    assert dict(dataset.sizes) == {"pattern": 6, "site": 196, "test_pattern": 3}
    assert dataset["train"].values.dtype == dataset["test"].values.dtype == np.int8
    np.testing.assert_array_equal(dataset["train_label"].values, labels)
    np.testing.assert_array_equal(dataset["test_label"].values, test_labels)
    upright = mnist.deskew(test_images)[2, 7:21, 7:21]
    picture = dataset["test"].values[2].reshape(dataset.attrs["image_shape"])
    np.testing.assert_array_equal(picture, np.where(upright > 4, 1, -1))
    assert set(np.unique(dataset["train"].values)) == {-1, 1}
    order = np.random.RandomState(555).permutation(6)
    np.testing.assert_array_equal(dataset["published_order"].values, order)
    write_file(dataset, tmp_path / "mnist.nc", {})
    written = xr.load_dataset(tmp_path / "mnist.nc")
    np.testing.assert_array_equal(written["train"], dataset["train"].values)
    np.testing.assert_array_equal(written.attrs["image_shape"], [14, 14])


def test_a_data_set_is_loaded_from_the_folder_of_its_raw_files(raw, tmp_path, monkeypatch):
    files = {
        name: idx2numpy.convert_to_string(array)
        for name, array in zip(mnist_files.FILES, raw, strict=True)
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    known = {
        name: mnist_files.RawFile(len(content), hashlib.sha256(content).hexdigest())
        for name, content in files.items()
    }
    monkeypatch.setattr(mnist_files, "FILES", known)
    loaded = mnist.load(generator, raw=tmp_path, threshold=4)
    expected = mnist.prepare(*raw, threshold=4)
    assert loaded.attrs == expected.attrs
    assert loaded.variables.keys() == expected.variables.keys()
    for name, variable in expected.variables.items():
        np.testing.assert_array_equal(loaded[name].values, variable.values)
