"""MNIST as Ising patterns: deskewed, cropped and binarised images of handwritten digits.

The protocol is that of D'Amico et al., arXiv:2507.05147; ``raw`` obtains the raw files.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage

from plmemory.datasets.mnist import raw as raw_files
from plmemory.datasets.selection import PUBLISHED_ORDER
from plmemory.files.labelled import Dataset
from plmemory.networks.ising.states import ISING

# The seed of numpy's older generator, with which the published networks drew their images.
PUBLISHED_SEED = 555


def load(rng: Callable[..., np.random.Generator], *, raw: Path, threshold: int) -> Dataset:
    """The prepared images of the files in the folder ``raw``; ``rng`` is not used."""
    return prepare(*raw_files.read(raw), threshold=threshold)


def slants(images: np.ndarray) -> np.ndarray:
    """Columns by which each image (K, height, width) leans per row: shape (K,), float32.

    The slope of the regression of column on row, both weighted by intensity: covariance over
    variance of the row. Zero for an image whose intensity lies in one row, or nowhere.
    """
    grid: np.ndarray = np.indices(images.shape[1:], dtype=np.float32)
    rows, columns = grid
    return np.array([_slant(image.astype(np.float32), rows, columns) for image in images])


def _slant(image: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.float32:
    """The slant of one image, in single precision and in this order, as published.

    With better rounding a few of the 11.8 million spins of the training images differ.
    """
    total = image.sum()
    if total == 0:
        return np.float32(0)
    row = rows - (image * rows).sum() / total
    column = columns - (image * columns).sum() / total
    covariance = (image * column * row).sum() / total
    variance = (image * row * row).sum() / total
    return covariance / variance if variance > 0 else np.float32(0)


def deskew(images: np.ndarray) -> np.ndarray:
    """Shear every image (K, height, width; uint8) about its centre until it is upright.

    Each row is shifted horizontally by the slant times its distance from the centre of the image,
    with linear interpolation, zeros from outside, and rounding to 0...255.
    """
    centre = (np.array(images.shape[1:]) - 1) / 2
    upright = np.empty_like(images)
    sheared = np.empty(images.shape[1:])
    for image, slant, result in zip(images, slants(images), upright, strict=True):
        shear = np.array([[1.0, 0.0], [slant, 1.0]])
        offset = centre - shear @ centre
        ndimage.affine_transform(
            image.astype(np.float64), shear, offset=offset, order=1, output=sheared
        )
        np.rint(sheared, out=sheared)
        result[...] = sheared
    return upright


def to_spins(images: np.ndarray, side: int, threshold: int) -> np.ndarray:
    """Crop images (K, height, width) to their central side x side pixels and binarise them.

    A spin is +1 where the pixel is brighter than ``threshold``, else -1: (K, side^2), int8.
    """
    top, left = (np.array(images.shape[1:]) - side) // 2
    cropped = images[:, top : top + side, left : left + side]
    return np.where(cropped > threshold, np.int8(1), np.int8(-1)).reshape(len(images), -1)


def prepare(
    train_images: np.ndarray,
    train_labels: np.ndarray,
    test_images: np.ndarray,
    test_labels: np.ndarray,
    side: int = 14,
    threshold: int = 86,
) -> Dataset:
    """Deskew, crop and binarise the images; the defaults are the published protocol.

    Parameters
    ----------
    train_images, test_images
        (P, 28, 28) and (K, 28, 28), uint8.
    train_labels, test_labels
        The digits, (P,) and (K,).
    side
        Height and width of the central part that is kept, in pixels.
    threshold
        Pixels above it (of 0...255) become +1.

    Returns
    -------
    Dataset
        ``train`` (pattern, site), ``test`` (test_pattern, site), int8 with N = side^2, sites in
        row-major order; ``train_label`` and ``test_label``, int8; ``published_order`` (pattern,),
        see ``selection``. The attribute ``image_shape`` holds height and width.
    """
    variables: dict[str, Any] = {}
    for name, dimension, images, labels in (
        ("train", "pattern", train_images, train_labels),
        ("test", "test_pattern", test_images, test_labels),
    ):
        spins = to_spins(deskew(images), side, threshold)
        attributes = {"units": "1", "convention": ISING}
        variables[name] = ((dimension, "site"), spins, attributes)
        digits = {"units": "1", "long_name": "digit"}
        variables[f"{name}_label"] = ((dimension,), labels.astype(np.int8), digits)
    order = np.random.RandomState(PUBLISHED_SEED).permutation(len(train_images))
    variables[PUBLISHED_ORDER] = (("pattern",), order.astype(np.int32))
    return Dataset(
        variables,
        attrs={"title": "MNIST digits", "kind": "mnist", "image_shape": [side, side]},
    )
