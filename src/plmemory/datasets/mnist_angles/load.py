"""MNIST as tokens of grey pixels: a pixel is an angle, a patch of 2 x 2 pixels a unit vector.

The tokens of D'Amico & Negri, arXiv:2409.16112, N = 196 and d = 8, as far as we know them. We do
not know their range of angles; the default is that of Stoudenmire & Schwab (NIPS 2016), from 0
(black) to pi/2 (white).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from plmemory.datasets.mnist import raw as raw_files
from plmemory.files.labelled import Dataset
from plmemory.networks.vectors.states import VECTORS

PATCH = 2  # pixels


def load(rng: Callable[..., np.random.Generator], *, raw: Path, largest_angle: float) -> Dataset:
    """The whole images of the files in the folder ``raw`` as tokens; ``rng`` is not used.

    ``largest_angle``: of white, in units of pi.

    ``train`` (pattern, site, component), ``test`` (test_pattern, site, component), float32; the
    labels, int8.
    """
    train, train_label, test, test_label = raw_files.read(raw)
    units = {"units": "1", "convention": VECTORS}
    variables: dict[str, Any] = {}
    for name, axis, images, labels in (
        ("train", "pattern", train, train_label),
        ("test", "test_pattern", test, test_label),
    ):
        variables[name] = ((axis, "site", "component"), tokens(images, largest_angle), units)
        digits = {"units": "1", "long_name": "digit"}
        variables[f"{name}_label"] = ((axis,), labels.astype(np.int8), digits)
    return Dataset(variables, attrs={"title": "MNIST digits as angles", "kind": "mnist_angles"})


def tokens(images: np.ndarray, largest_angle: float) -> np.ndarray:
    """Patches of images (K, height, width) of grey levels 0...255 as unit vectors, float32.

    (K, height width / 4, 8): patches and, within one, pixels in row-major order, each pixel its
    cosine and its sine.
    """
    count, height, width = images.shape
    grid = images.reshape(count, height // PATCH, PATCH, width // PATCH, PATCH).swapaxes(2, 3)
    angles = np.arange(256) * (largest_angle * np.pi / 255)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32) / PATCH
    return vectors[grid].reshape(count, -1, 2 * PATCH**2)
