"""Data sets with settings that are neither defaults nor neutral, by their names."""

from functools import partial
from pathlib import Path

import numpy as np
from unit import own_arrays, own_images
from unit.test_proteins import load as protein_family
from unit.test_proteins import pdb

from plmemory.datasets.features import load as features
from plmemory.datasets.spin_glass import load as spin_glass
from plmemory.files.labelled import Dataset
from plmemory.seeds import generator

rng_of = partial(generator, 4, "unneutral")


def from_arrays(folder: Path) -> Dataset:
    """Grey images with words as labels, of which some come twice."""
    values = rng_of("arrays").normal(size=(17, 4, 5))
    values[3] = values[8]
    words = np.array(["owl", "cat", "dog"])[rng_of("words").integers(0, 3, 17)]
    file = own_arrays.save(folder / "a.npz", values, names=words)
    settings = {"key": "patterns", "labels": "names", "threshold": 0.4, "test_fraction": 0.4}
    return own_arrays.ARRAYS.loaded(file=file, **settings)


def from_table(folder: Path) -> Dataset:
    """A table of two values with numbers as labels, and its own file for the test."""
    for name, count in (("a.csv", 6), ("b.csv", 4)):
        rows = rng_of(name).choice([0.5, 2.5], (count, 7))
        rows[:, 3] = np.arange(count) / 2
        (folder / name).write_text("\n".join(";".join(map(str, row)) for row in rows))
    settings = {"file": folder / "a.csv", "test_file": folder / "b.csv", "labels": 3}
    return own_arrays.ARRAYS.loaded(**settings)


def from_images(folder: Path) -> Dataset:
    """Inverted, cropped and resampled images in sub-folders."""
    pictures = rng_of("images").integers(0, 256, (11, 9, 14)).astype(np.uint8)
    for name, part in (("owl", pictures[:4]), ("cat", pictures[4:])):
        own_images.save(folder / "a" / name, part)
    settings = {"crop": [8, 11], "size": [3, 5], "invert": True, "threshold": 125.0}
    return own_images.IMAGES.loaded(folder=folder / "a", test_fraction=0.3, **settings)


def from_spin_glass(folder: Path) -> Dataset:
    """Frustrated bonds, three temperatures or more, several states of each chain."""
    settings = {"side": 3, "couplings": "bimodal", "boundary": "free", "chains": 1024}
    settings |= {"train_patterns": 1500, "test_patterns": 200, "max_sweeps": 65536}
    settings |= {"hottest": 2.5, "thinning": 2.5}
    return spin_glass.load(rng_of, replicates=2, temperature=0.8, **settings)


def from_features(folder: Path) -> Dataset:
    """Even mixtures, whose ties are drawn."""
    settings = {"sites": 50, "features": 7, "nonzero": 4, "test_patterns": 6}
    return features.load(rng_of, patterns=8, replicates=2, **settings)


def from_proteins(folder: Path) -> Dataset:
    """Relatives with gaps, insertions, a name twice, rows of annotation and a structure."""
    rng = rng_of("proteins")
    ancestors = rng.choice(list("ACDKLGW"), (5, 14))
    rows = np.where(rng.random((40, 14)) < 0.1, "A", ancestors[rng.integers(0, 5, 40)])
    rows[rng.random(rows.shape) < 0.03] = "-"
    rows[:30, 6] = "-"
    rows[2, 4] = "X"
    rows[5, :9] = "-"
    names = [f"s{k % 39}" for k in range(40)]
    texts = ["".join(row[:7]) + "k" * (k % 3) + "".join(row[7:]) for k, row in enumerate(rows)]
    records = [("ss_pred", "C" * 14), *zip(names, texts, strict=True)]
    (folder / "a.a3m").write_text("".join(f">{name}\n{text}\n" for name, text in records))
    (folder / "a.pdb").write_text(pdb("".join(ancestors[0][1:6]) + "".join(ancestors[0][8:13])))
    settings = {"cluster_identity": 0.7, "test_fraction": 0.35, "reweighting_identity": 0.75}
    return protein_family(folder / "a.a3m", folder / "a.pdb", **settings)


MADE = {
    "arrays, labelled": from_arrays,
    "arrays, table": from_table,
    "features, even": from_features,
    "images, resampled": from_images,
    "proteins, related": from_proteins,
    "spin_glass, frustrated": from_spin_glass,
}
