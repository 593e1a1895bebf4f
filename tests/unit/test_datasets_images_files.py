"""A user's own images: files of all formats and their labels."""

import numpy as np
import pytest
from unit import own_images
from unit.own_images import IMAGES, LOSSLESS, above, save

from plmemory.datasets.images.about import ABOUT
from plmemory.seeds import generator

loaded, resolved = IMAGES.loaded, IMAGES.resolved


@pytest.fixture
def images():
    return own_images.images()


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
