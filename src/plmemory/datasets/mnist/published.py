"""Values published of MNIST in D'Amico et al., arXiv:2507.05147, and how near ours must be.

Tolerances follow from the precision to which a number is printed or can be read, and from what
its protocol leaves open (docs/found.md).
"""

from __future__ import annotations

from collections.abc import Mapping

_LARGE, _SMALL, _RANDOM = 0.04, 0.06, 0.05
_OVERLAPS = {
    # (load, start): final overlap
    (0.1, "train"): (1.00, _SMALL),
    (0.1, "test"): (0.43, _SMALL),
    (0.1, "random"): (0.093, _RANDOM),
    (1.0, "train"): (1.00, _LARGE),
    (1.0, "test"): (0.69, _LARGE),
    (1.0, "random"): (0.162, _RANDOM),
    (10.0, "train"): (0.83, _LARGE),
    (10.0, "test"): (0.80, _LARGE),
    (10.0, "random"): (0.256, _RANDOM),
    (100.0, "train"): (0.850, _LARGE),
    (100.0, "test"): (0.848, _LARGE),
    (100.0, "random"): (0.371, _RANDOM),
}
_MEAN_PAIR_OVERLAP = (0.08878493, 1e-6)
_WITHIN_CLASS = (0.3052, 0.7725, 0.2129, 0.2934, 0.2623, 0.2265, 0.2771, 0.3940, 0.2255, 0.3264)
_PRINTED = 5e-5


def overlaps() -> dict[tuple[float, str], tuple[float, float]]:
    """Final overlap and its tolerance, by load and start."""
    return _OVERLAPS


def comparable(columns: Mapping[str, float]) -> bool:
    """Whether a data set is the published one."""
    return True


def mean_pair_overlap() -> tuple[float, float]:
    """Mean overlap of two training images, and its tolerance."""
    return _MEAN_PAIR_OVERLAP


def within_class() -> dict[int, tuple[float, float]]:
    """Mean overlap of two training images of a digit, and its tolerance."""
    return {digit: (value, _PRINTED) for digit, value in enumerate(_WITHIN_CLASS)}
