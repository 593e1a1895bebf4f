"""A user's images: a folder of image files, or IDX files."""

from __future__ import annotations

from plmemory.datasets.images import header
from plmemory.datasets.limits import Sizes
from plmemory.plan.about import DataSet, Setting, Settings, boolean, file, listed, number


def _rows_and_columns(meaning: str) -> Setting:
    items = {"type": "integer", "minimum": 1}
    return listed(
        "pixels", meaning, items, at_least=2, at_most=2, distinct=False, null=True, default=None
    )


SETTINGS = {
    "folder": file(
        "a folder of PNG, JPEG, TIFF, BMP, GIF or PGM files, whose sub-folders are labels; or an "
        "IDX file, or the folder of one"
    ),
    "test_folder": file("images unseen in training, as in folder", null=True, default=None),
    "threshold": number(
        "grey level, 0 to 255", "spins are +1 above it", at_least=0, below=255, default=127
    ),
    "crop": _rows_and_columns("of the central part that is kept; null: all"),
    "size": _rows_and_columns("to resample to, by area; null: as they are, all alike"),
    "invert": boolean("whether 255 minus the grey level takes its place", default=False),
    "test_fraction": number(
        "fraction",
        "of the images, unseen in training; not used where there is a test_folder",
        at_least=0,
        below=1,
        default=0.2,
    ),
}


def _sizes(settings: Settings) -> Sizes:
    names = ("folder", "test_folder", "crop", "size", "test_fraction")
    return header.sizes(**{name: settings[name] for name in names})


def _provides(settings: Settings) -> frozenset[str]:
    found = {
        "test": settings["test_folder"] is not None or settings["test_fraction"] > 0,
        "labels": header.located(settings["folder"]).labels is not None,
        "image_shape": True,
    }
    return frozenset(name for name, there in found.items() if there)


def _files(settings: Settings) -> dict[str, list[str]]:
    return {
        name: [str(path) for path in header.files(header.located(settings[name]))]
        for name in ("folder", "test_folder")
        if settings[name] is not None
    }


ABOUT = DataSet(
    spins="ising",
    settings=SETTINGS,
    sites=lambda settings: _sizes(settings).sites,
    available=lambda settings: _sizes(settings).train,
    provides=_provides,
    files=_files,
)
