"""Published values for MNIST of D'Amico et al., arXiv:2507.05147, as printed.

Their rounding follows from the printed digits. The deviation of a single draw of images is
estimated from our other draws (``figures.generalization.published``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OVERLAPS = {
    # (load, start): final overlap
    (0.1, "train"): "1.00",
    (0.1, "test"): "0.43",
    (0.1, "random"): "0.093",
    (1.0, "train"): "1.00",
    (1.0, "test"): "0.69",
    (1.0, "random"): "0.162",
    (10.0, "train"): "0.83",
    (10.0, "test"): "0.80",
    (10.0, "random"): "0.256",
    (100.0, "train"): "0.850",
    (100.0, "test"): "0.848",
    (100.0, "random"): "0.371",
}
_SLOW: dict[str, Any] = {
    "inverse_temperature": 1.0,
    "learning_rate": 1.0,
    "epochs": 1001,
    "batch_size": 1000,
}
_SLOW |= {"initial": "hebb_mean", "initial_scale": 0.01, "patterns": 1960}
_SLOW_END = {"norm": "13.5", "distance": "0.8739", "loss": "0.143511"}
_SLOW_END |= {"train": "0.78261", "test": "0.76389"}
_MEAN_PAIR_OVERLAP = "0.08878493"
_WITHIN_CLASS = "0.3052 0.7725 0.2129 0.2934 0.2623 0.2265 0.2771 0.3940 0.2255 0.3264"


def _read(printed: str) -> tuple[float, float]:
    """A printed number and half a unit of its last digit."""
    return float(printed), 0.5 * 10.0 ** -len(printed.partition(".")[2])


def overlaps() -> dict[tuple[float, str], tuple[float, float]]:
    """Final overlap and its rounding, by load and start."""
    return {place: _read(printed) for place, printed in _OVERLAPS.items()}


def learning_curves() -> list[tuple[dict[str, Any], int, dict[str, tuple[float, float]]]]:
    """Settings of a training, an epoch, and the published values at this epoch, with rounding.

    The loss and the overlap of training images are those of one batch of 1000.
    """
    end = {name: _read(printed) for name, printed in _SLOW_END.items()}
    return [(_SLOW, 1001, end)]


def comparable(columns: Mapping[str, float]) -> bool:
    """Whether a data set is the published one."""
    return True


def mean_pair_overlap() -> tuple[float, float]:
    """Mean overlap of two training images, and its rounding."""
    return _read(_MEAN_PAIR_OVERLAP)


def within_class() -> dict[int, tuple[float, float]]:
    """Mean overlap of two training images of a digit, and its rounding."""
    return {digit: _read(printed) for digit, printed in enumerate(_WITHIN_CLASS.split())}
