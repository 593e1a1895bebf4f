"""Number, size and labels of the images in a user's folder.

Only the standard library is used, except for the pixels of image files: the Snakefile reads sizes
without numpy.
"""

from __future__ import annotations

import gzip
import math
import os
import re
import struct
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from plmemory.datasets.limits import Sizes, check_limits, check_sites, expanded, held_out
from plmemory.datasets.readable import readable
from plmemory.errors import InputError

if TYPE_CHECKING:
    from PIL import Image

FORMATS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".pgm")
READERS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "PPM")
"""Those of Pillow that may open files."""

MAX_PIXELS = 2**25
"""Most pixels of an image file: 5792 x 5792, which need 0.3 GB while they are resampled."""

MAX_SIDE = 2**16
"""Most pixels in a row or column: to resample one takes as many weights for each new pixel."""

MAX_BYTES = 2**28
"""Most bytes of an image file: twice those of so many pixels with four channels."""

ORIENTATION, SIDEWAYS = 0x0112, (5, 6, 7, 8)
"""The EXIF tag of the orientation, and those with rows and columns exchanged."""

UNSIGNED_BYTE = 0x08
"""The code of the type in IDX files."""


class Pictures(NamedTuple):
    """Image files, and their labels if they lie in sub-folders."""

    files: list[Path]
    labels: list[str] | None


class Idx(NamedTuple):
    """An IDX file of images, and that of their labels if there is one."""

    images: Path
    labels: Path | None


def sizes(
    *,
    folder: str | Path,
    test_folder: str | Path | None,
    crop: Sequence[int] | None,
    size: Sequence[int] | None,
    test_fraction: float,
) -> Sizes:
    """The sizes that a data set of these settings has, as ``load`` finds them.

    Raises
    ------
    InputError
        If there are no images or too many, if the first image is damaged, or if only one of
        training and test set has labels.
    """
    source = located(folder)
    shape = image_shape(source, crop, size)
    patterns, sites = count(source), math.prod(shape)
    if test_folder is None:
        train = patterns - held_out(patterns, test_fraction, folder)
    else:
        train, test = patterns, located(test_folder)
        if (test.labels is None) != (source.labels is None):
            found, expected = ("no", "some") if test.labels is None else ("some", "none")
            raise InputError(
                f"{test_folder}: found {found} labels, expected {expected} as in folder"
            )
        check_limits((count(test), sites), 1, test_folder)
    check_sites(sites, folder)
    check_limits((patterns, sites), 1, folder)
    return Sizes(train, sites, shape)


def located(folder: str | Path) -> Pictures | Idx:
    """The images of a folder, in natural order of names, or an IDX file or the only one in it.

    Names that begin with a dot are ignored. The labels of images in sub-folders are the names of
    these folders.

    Raises
    ------
    InputError
        If there are no images, images both in the folder and in sub-folders, or several IDX files.
    """
    path = expanded(folder)
    if os.path.isfile(path):
        if path.suffix.lower() in FORMATS:
            raise InputError(f"{path}: found one image, expected a folder of them")
        return Idx(path, _label_file(path))
    files, folders = _entries(path)
    own = _images(files)
    inside = {below.name: _images(_entries(below)[0]) for below in folders}
    if own and any(inside.values()):
        name = next(name for name, images in inside.items() if images)
        raise InputError(
            f"{path}: found images both in the folder and in its sub-folder {name}, "
            "expected all in sub-folders or none"
        )
    if own:
        return Pictures(own, None)
    if any(inside.values()):
        labels = [name for name, images in inside.items() for _ in images]
        return Pictures([image for images in inside.values() for image in images], labels)
    return _only_idx(path, files)


def files(source: Pictures | Idx) -> list[Path]:
    """All files that are read."""
    if isinstance(source, Pictures):
        return source.files
    return [source.images, *filter(None, [source.labels])]


def count(source: Pictures | Idx) -> int:
    """Number of images. Raises InputError if the number of labels differs."""
    if isinstance(source, Pictures):
        return len(source.files)
    images = idx_shape(source.images, 3)[0]
    if images < 1:
        raise InputError(f"{source.images}: found no images, expected at least one")
    if source.labels is not None:
        labels = idx_shape(source.labels, 1)[0]
        if labels != images:
            raise InputError(f"{source.labels}: found {labels} labels, expected {images}")
    return images


def image_shape(
    source: Pictures | Idx, crop: Sequence[int] | None, size: Sequence[int] | None
) -> tuple[int, int]:
    """Rows and columns after cropping and resampling; without them, those of the first image."""
    shape = _first_shape(source) if crop or not size else None
    if crop and shape and (crop[0] > shape[0] or crop[1] > shape[1]):
        raise InputError(
            f"crop: found {crop[0]} x {crop[1]}, expected at most {shape[0]} x {shape[1]}, "
            "rows and columns of the images"
        )
    final = size or crop or shape
    assert final is not None  # the images have a shape
    return final[0], final[1]


def _first_shape(source: Pictures | Idx) -> tuple[int, int]:
    """Rows and columns of the first image, upright."""
    if isinstance(source, Idx):
        _, rows, columns = idx_shape(source.images, 3)
        return rows, columns
    with opened(source.files[0]) as image:
        sideways = image.getexif().get(ORIENTATION) in SIDEWAYS
        return (image.width, image.height) if sideways else (image.height, image.width)


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """An image file, opened by Pillow, of one image with eight bits a channel.

    Raises
    ------
    InputError
        If the file is no image, damaged, larger than ``MAX_PIXELS`` or ``MAX_SIDE``, or of another
        kind.
    """
    from PIL import Image

    stored = path.stat().st_size
    if stored > MAX_BYTES:
        raise InputError(f"{path}: found {stored} bytes, expected at most {MAX_BYTES} of an image")
    # Pillow raises many exceptions on damaged files.
    with readable(path, "an image", (Exception,)), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about unusual metadata
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(path, formats=READERS) as image:
            _check(image, path)
            yield image


def _check(image: Image.Image, path: Path) -> None:
    if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
        raise InputError(
            f"{path}: found {image.height} x {image.width} pixels, "
            f"expected at most {MAX_PIXELS} in all and {MAX_SIDE} in a row or column"
        )
    if image.mode.startswith(("I", "F")):
        raise InputError(
            f"{path}: found pixels of Pillow's mode {image.mode}, expected 8 bits a channel"
        )
    # A JPEG of the kind MPO contains previews of its one image.
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise InputError(f"{path}: found several images in the file, expected one")


def idx_shape(path: Path, rank: int) -> tuple[int, ...]:
    """Lengths of the axes of an IDX file of unsigned bytes, raw or gzipped.

    Raises
    ------
    InputError
        If the file is not such a file, is too large, or its length contradicts its header.
    """
    start, stored = idx_bytes(path, 4 + 4 * rank), path.stat().st_size
    if len(start) < 4 + 4 * rank or start[:4] != _magic(rank):
        raise InputError(
            f"{path}: found no IDX file of unsigned bytes with {rank} dimensions, expected one"
        )
    shape = struct.unpack(f">{rank}I", start[4:])
    check_limits(shape, 1, path, stored)
    length = len(start) + math.prod(shape)
    if not _packed(path) and stored != length:
        raise InputError(
            f"{path}: found {stored} bytes, expected {length} of shape {shape}, as its header says"
        )
    return shape


def idx_bytes(path: Path, length: int) -> bytes:
    """At most ``length`` bytes of a file, unpacked if it is gzipped. Raises InputError."""
    with readable(path):
        if _packed(path):
            with gzip.open(path) as unpacked:
                return unpacked.read(length)
        with path.open("rb") as stream:
            return stream.read(length)


def _packed(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def _magic(rank: int) -> bytes:
    return bytes((0, 0, UNSIGNED_BYTE, rank))


def _only_idx(folder: Path, files: list[Path]) -> Idx:
    images = [file for file in files if idx_bytes(file, 4) == _magic(3)]
    if len(images) > 1:
        names = ", ".join(file.name for file in images)
        raise InputError(
            f"{folder}: found {len(images)} IDX files of images ({names}), expected one; "
            "name one as folder, another as test_folder"
        )
    if not images:
        raise InputError(
            f"{folder}: found no images, expected files or sub-folders of files with the endings "
            f"{', '.join(FORMATS)}, or an IDX file"
        )
    return Idx(images[0], _label_file(images[0]))


def _label_file(images: Path) -> Path | None:
    """The file in the same folder whose name has "labels" instead of "images"."""
    name = images.name.removesuffix(".gz")
    other = name.replace("images", "labels").replace("idx3", "idx1")
    if other == name:
        return None
    beside = (images.with_name(other), images.with_name(f"{other}.gz"))
    return next((path for path in beside if path.is_file()), None)


def _images(files: list[Path]) -> list[Path]:
    return [file for file in files if file.suffix.lower() in FORMATS]


def _entries(folder: Path) -> tuple[list[Path], list[Path]]:
    """Files and folders in a folder, those with 2 in their names before those with 10."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: _natural(entry.name))
    except OSError as error:
        raise InputError(f"{folder}: found no folder that can be read ({error.strerror})") from None
    seen = [entry for entry in entries if not entry.name.startswith(".")]
    return (
        [Path(entry) for entry in seen if entry.is_file()],
        [Path(entry) for entry in seen if entry.is_dir()],
    )


def _natural(name: str) -> tuple[list[str | int], str]:
    parts = re.split(r"(\d+)", name)
    return [int(part) if part.isdecimal() else part for part in parts], name
