"""Deskewed, cropped, binarised handwritten digits."""

from pathlib import Path

from plmemory.plan.about import DataSet, Settings, file, integer, listed

FILES = tuple(
    f"{part}-{content}-ubyte"
    for part in ("train", "t10k")
    for content in ("images-idx3", "labels-idx1")
)


def _own(settings: Settings) -> dict[str, list[str]]:
    """The four files in the user's folder, raw or gzipped."""
    if settings["files"] is None:
        return {}
    folder = Path(settings["files"])
    plain = {name: folder / name for name in FILES}
    zipped = {name: folder / f"{name}.gz" for name in FILES}
    found = [zipped[n] if zipped[n].exists() and not plain[n].exists() else plain[n] for n in FILES]
    return {"files": [str(path) for path in found]}


ABOUT = DataSet(
    title=lambda settings: "MNIST",
    spins="ising",
    settings={
        "threshold": integer(
            "grey level, 0…255", "a pixel above it is +1, up to it −1", at_least=0, at_most=254
        ),
        "files": file(
            "folder with the four IDX files, raw or `.gz`; `null`: mirrors, then npm",
            null=True,
            default=None,
        ),
        "mirrors": listed(
            "addresses",
            "folders on the web that hold the four files, gzipped",
            {"type": "string", "pattern": "^https?://"},
            at_least=0,
        ),
    },
    sites=lambda settings: 196,  # 28 x 28 pixels, cropped to the central 14 x 14
    available=lambda settings: 60_000,
    provides=lambda settings: frozenset({"test", "labels", "image_shape", "published_draw"}),
    raw_settings=("files", "mirrors"),
    files=_own,
)
