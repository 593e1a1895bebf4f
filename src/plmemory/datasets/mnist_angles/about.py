"""Handwritten digits as tokens: patches of all grey pixels, as angles."""

from dataclasses import replace

from plmemory.datasets.mnist.about import ABOUT as PIXELS
from plmemory.plan.about import number

_FILES = ("files", "mirrors")

ABOUT = replace(
    PIXELS,
    title=lambda settings: "MNIST, angles",
    spins="vectors",
    settings={name: PIXELS.settings[name] for name in _FILES}
    | {
        "largest_angle": number(
            "π", "of white; that of black is 0", above=0, at_most=1, default=0.5
        ),
    },
    sites=lambda settings: 196,  # 14 x 14 patches of 2 x 2 pixels
    components=lambda settings: 8,
    provides=lambda settings: frozenset({"test", "labels"}),
    columns=lambda settings: {"d": 8},
    raw="mnist",
)
