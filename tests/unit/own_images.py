"""A user's images in tests: how they are written."""

import gzip

import idx2numpy
import numpy as np
from PIL import Image
from unit.own_data import Kind

from plmemory.datasets.images import load
from plmemory.datasets.images.about import ABOUT
from plmemory.seeds import generator

LOSSLESS = [".png", ".tif", ".tiff", ".bmp", ".gif", ".pgm"]
IMAGES = Kind(ABOUT, load)


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


def images():
    return generator(1, "own images").integers(0, 256, (12, 5, 7)).astype(np.uint8)
