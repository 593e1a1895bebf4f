"""A user's arrays: .npy, .npz, .csv and .nc files with one pattern in each row."""

from __future__ import annotations

from plmemory.datasets.arrays import sizes
from plmemory.datasets.limits import Sizes, expanded
from plmemory.plan.about import DataSet, Setting, Settings, file, listed, number, text

SETTINGS = {
    "file": file("patterns (P, N), or images (P, rows, columns): .npy, .npz, .csv or .nc"),
    "test_file": file("examples unseen in training, as in file", null=True, default=None),
    "key": text("name", "the array of a .npz file; null: the only one", null=True, default=None),
    "variable": text(
        "name", "the variable of a .nc file; null: the only one", null=True, default=None
    ),
    "threshold": number(
        "values", "spins are +1 above it; null: there are two values", null=True, default=None
    ),
    "test_fraction": number(
        "fraction",
        "of the patterns, unseen in training; where there is a test_file, not used",
        at_least=0,
        below=1,
        default=0.2,
    ),
    "labels": Setting(
        {"type": ["string", "integer", "null"]},
        "path or name",
        "one a pattern: a file, or array, variable or column (name, or number from 0) of file",
        None,
    ),
    "test_labels": file("labels of test_file, where labels is a file", null=True, default=None),
    "image_shape": listed(
        "sites",
        "rows and columns of a pattern as an image; null: as in the file",
        {"type": "integer", "minimum": 1},
        at_least=2,
        at_most=2,
        distinct=False,
        null=True,
        default=None,
    ),
}


def _sizes(settings: Settings) -> Sizes:
    unused = {"threshold"}
    return sizes.sizes(**{name: settings[name] for name in SETTINGS.keys() - unused})


def _provides(settings: Settings) -> frozenset[str]:
    found = {
        "test": settings["test_file"] is not None or settings["test_fraction"] > 0,
        "labels": settings["labels"] is not None,
        "image_shape": _sizes(settings).image_shape is not None,
    }
    return frozenset(name for name, there in found.items() if there)


def _files(settings: Settings) -> dict[str, list[str]]:
    named = {name: settings[name] for name in ("file", "test_file", "test_labels")}
    named["labels"] = sizes.label_file(settings["labels"])
    return {name: [str(expanded(path))] for name, path in named.items() if path is not None}


def _check(settings: Settings) -> None:
    names = ("file", "test_file", "key", "variable", "labels", "test_labels")
    sizes.check(**{name: settings[name] for name in names})


ABOUT = DataSet(
    spins="ising",
    settings=SETTINGS,
    sites=lambda settings: _sizes(settings).sites,
    available=lambda settings: _sizes(settings).train,
    provides=_provides,
    files=_files,
    check=_check,
)
