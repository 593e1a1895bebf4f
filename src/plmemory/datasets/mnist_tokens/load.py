"""MNIST as tokens: each patch of the prepared digits is a unit vector."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from plmemory.datasets.mnist import load as mnist
from plmemory.datasets.selection import PUBLISHED_ORDER
from plmemory.errors import InputError
from plmemory.files.labelled import Dataset
from plmemory.networks.vectors.states import VECTORS


def load(
    rng: Callable[..., np.random.Generator], *, raw: Path, threshold: int, patch: int
) -> Dataset:
    """The prepared images of the files in the folder ``raw`` as tokens; ``rng`` is not used."""
    return of_patches(mnist.load(rng, raw=raw, threshold=threshold), patch)


def of_patches(images: Dataset, patch: int) -> Dataset:
    """Images of pixels +1/-1 as tokens: ``patch`` x ``patch`` pixels are a unit vector.

    Parameters
    ----------
    images
        ``train`` (pattern, site), ``test`` (test_pattern, site), their labels, the order in which
        published work drew them, and the attribute ``image_shape``.
    patch
        The side of a patch, a divisor of height and width.

    Returns
    -------
    Dataset
        ``train`` (pattern, site, component), ``test`` (test_pattern, site, component), float32,
        sites and, within a patch, pixels in row-major order; the labels and the order.

    Raises
    ------
    InputError
        If patches of this size do not fill the images.
    """
    shape = images.attrs["image_shape"]
    if any(length % patch for length in shape):
        raise InputError(f"patch: found {patch}, expected a divisor of {shape[0]} and {shape[1]}")
    variables: dict[str, Any] = {}
    for name in ("train", "test"):
        spins = images[name]
        found = tokens(spins.values, shape, patch)
        axes = (*spins.dims, "component")
        variables[name] = (axes, found, {"units": "1", "convention": VECTORS})
        labels = images[f"{name}_label"]
        variables[f"{name}_label"] = (labels.dims, labels.values, labels.attrs)
    variables[PUBLISHED_ORDER] = (("pattern",), images[PUBLISHED_ORDER].values)
    return Dataset(variables, attrs={"title": "MNIST digits as tokens", "kind": "mnist_tokens"})


def tokens(spins: np.ndarray, shape: tuple[int, int], patch: int) -> np.ndarray:
    """Patches of images (K, N) of +1/-1 as unit vectors (K, N / patch^2, patch^2), float32."""
    rows, columns = (length // patch for length in shape)
    grid = spins.reshape(len(spins), rows, patch, columns, patch).swapaxes(2, 3)
    return grid.reshape(len(spins), rows * columns, patch**2).astype(np.float32) / patch
