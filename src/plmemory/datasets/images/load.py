"""A user's images as Ising patterns: grey levels, cropped, resampled and binarised."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import idx2numpy
import numpy as np
from PIL import Image, ImageOps

from plmemory.datasets.arrays import pool
from plmemory.datasets.images import header
from plmemory.errors import InputError
from plmemory.files.labelled import Dataset

TILE = 1024
"""Side of the squares in which pixels become grey."""


def load(
    rng: Callable[..., np.random.Generator],
    *,
    folder: Path,
    test_folder: Path | None,
    threshold: float,
    crop: Sequence[int] | None,
    size: Sequence[int] | None,
    invert: bool,
    test_fraction: float,
) -> Dataset:
    """Read patterns from a user's images.

    Parameters
    ----------
    rng
        Returns the generator that draws the test images.
    folder, test_folder
        Folders of image files, or of one IDX file, or IDX files. Without a test folder, part of
        ``folder`` is held out. Sub-folders, and IDX files of labels, give labels.
    threshold
        Spins are +1 where the grey level, of 0...255, is above it.
    crop, size
        Rows and columns of the central part that is kept, and those that it is then resampled
        to, by area; None: as they are.
    invert
        Whether each grey level is replaced by 255 minus itself.
    test_fraction
        Fraction of the images of ``folder`` that is held out, where there is no test folder.

    Returns
    -------
    Dataset
        The variables of ``pool.dataset``, sites in row-major order; ``image_shape`` among its
        attributes.

    Raises
    ------
    InputError
        If there are no images, or some cannot be read or differ in size.
    """
    found = header.sizes(
        folder=folder, test_folder=test_folder, crop=crop, size=size, test_fraction=test_fraction
    )
    shape = header.image_shape(header.located(folder), crop, size)
    settings = (threshold, crop, size, invert)
    train, test = examples(folder, shape, *settings), None
    pool.check_varied(train.spins, threshold, folder)
    if test_folder is not None:
        test = examples(test_folder, shape, *settings)
    elif found.train < len(train.spins):
        train, test = pool.split(train, len(train.spins) - found.train, rng())
    attrs: dict[str, Any] = {"title": "Images", "kind": "images", "folder": folder.name}
    attrs["image_shape"] = list(shape)
    inverted = "inverted, " if invert else ""
    remark = f"{inverted}grey levels above {threshold:g} read as +1, the others as -1"
    return pool.dataset(train, test, attrs, [remark], folder)


def examples(
    folder: Path,
    shape: tuple[int, int],
    threshold: float,
    crop: Sequence[int] | None,
    size: Sequence[int] | None,
    invert: bool,
) -> pool.Examples:
    """All images of a folder or an IDX file as spins, and their labels.

    Parameters
    ----------
    shape
        Rows and columns that all images must finally have.
    threshold, crop, size, invert
        As ``load`` takes them.

    Raises
    ------
    InputError
        If an image cannot be read or comes out with another shape.
    """
    source = header.located(folder)
    spins = np.empty((header.count(source), *shape), dtype=np.int8)
    for row, (name, levels) in zip(spins, grey_levels(source), strict=True):
        pixels = prepare(levels, crop, size, name)
        if pixels.shape != shape:
            raise InputError(
                f"{name}: found {pixels.shape[0]} x {pixels.shape[1]} pixels, expected "
                f"{shape[0]} x {shape[1]} as in the first image, or a size for all"
            )
        row[...] = pool.binarised(255 - pixels if invert else pixels, threshold)
    labels: np.ndarray | None = None
    if isinstance(source, header.Idx) and source.labels is not None:
        labels = idx(source.labels, 1)
    elif isinstance(source, header.Pictures) and source.labels is not None:
        labels = np.array(source.labels)
    return pool.Examples(spins.reshape(len(spins), -1), labels)


def prepare(
    levels: np.ndarray,
    crop: Sequence[int] | None,
    size: Sequence[int] | None,
    source: str | Path,
) -> np.ndarray:
    """Crop an image (rows, columns; uint8) to its centre, then resample it.

    Resampled levels are exact means over the area of the new pixel, float64. Pillow cannot do this:
    its box filter counts a pixel either fully or not at all.

    Raises
    ------
    InputError
        If the image is smaller than ``crop``.
    """
    if crop is not None:
        top, left = levels.shape[0] - crop[0], levels.shape[1] - crop[1]
        if top < 0 or left < 0:
            raise InputError(
                f"{source}: found {levels.shape[0]} x {levels.shape[1]} pixels, "
                f"expected at least {crop[0]} x {crop[1]}, the crop"
            )
        levels = levels[top // 2 :, left // 2 :][: crop[0], : crop[1]]
    if size is not None:
        rows, columns = (overlaps(*lengths) for lengths in zip(levels.shape, size, strict=True))
        return rows @ levels @ columns.T / levels.size
    return levels


@functools.cache
def overlaps(old: int, new: int) -> np.ndarray:
    """Overlap of each of ``new`` equal parts of a line with each of ``old`` ones: (new, old).

    The line has the length old x new, so that all overlaps are whole numbers, float64.
    """
    parts, wholes = np.arange(old) * new, np.arange(new)[:, None] * old
    overlap = np.minimum(parts + new, wholes + old) - np.maximum(parts, wholes)
    return np.maximum(overlap, 0).astype(np.float64)


def grey_levels(source: header.Pictures | header.Idx) -> Iterator[tuple[str, np.ndarray]]:
    """Name and grey levels (rows, columns), uint8, of every image in turn."""
    if isinstance(source, header.Pictures):
        for path in source.files:
            yield str(path), picture(path)
    else:
        for number, levels in enumerate(idx(source.images, 3)):
            yield f"{source.images}, image {number}", levels


def picture(path: Path) -> np.ndarray:
    """Grey levels of an image file as viewers show it: turned upright, laid over white.

    Colours become grey by ITU-R BT.601, as Pillow has it. One tile at a time is copied: whole
    copies would take more than three times the memory of the image. Raises InputError.
    """
    with header.opened(path) as image:
        ImageOps.exif_transpose(image, in_place=True)
        levels = np.empty((image.height, image.width), dtype=np.uint8)
        corners = itertools.product(range(0, image.height, TILE), range(0, image.width, TILE))
        for top, left in corners:
            part = levels[top : top + TILE, left : left + TILE]
            tile = image.crop((left, top, left + part.shape[1], top + part.shape[0]))
            if tile.has_transparency_data:
                white = Image.new("RGBA", tile.size, "white")
                tile = Image.alpha_composite(white, tile.convert("RGBA"))
            part[...] = np.asarray(tile.convert("L"))
        return levels


def idx(path: Path, rank: int) -> np.ndarray:
    """An IDX file of unsigned bytes as an array. Raises InputError if it is incomplete."""
    length = 4 + 4 * rank + math.prod(header.idx_shape(path, rank))
    content = header.idx_bytes(path, length + 1)  # one more byte shows whether there are more
    if len(content) != length:
        found = "more" if len(content) > length else f"{len(content)} bytes"
        raise InputError(f"{path}: found {found}, expected {length} bytes, as its header says")
    return idx2numpy.convert_from_string(content)
