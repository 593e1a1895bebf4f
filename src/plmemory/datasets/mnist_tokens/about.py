"""Handwritten digits as tokens: patches of the prepared pixels, as unit vectors."""

from dataclasses import replace

from plmemory.datasets.mnist.about import ABOUT as PIXELS
from plmemory.plan.about import Setting

SIDE = 14
_PATCH = Setting(
    {"enum": [1, 2, 7]}, "pixels, 1, 2, 7", "side of a patch of the image, which is a token", 2
)

ABOUT = replace(
    PIXELS,
    title=lambda settings: "MNIST, tokens",
    spins="vectors",
    settings={**PIXELS.settings, "patch": _PATCH},
    sites=lambda settings: (SIDE // settings["patch"]) ** 2,
    components=lambda settings: settings["patch"] ** 2,
    provides=lambda settings: frozenset({"test", "labels", "published_draw"}),
    columns=lambda settings: {"d": settings["patch"] ** 2},
    raw="mnist",
)
