"""Values published in D'Amico et al., arXiv:2507.05147, to be set beside ours."""

from __future__ import annotations

from typing import Any

MNIST_OVERLAPS = {
    # (load, start): final overlap
    (0.1, "train"): 1.00,
    (0.1, "test"): 0.43,
    (0.1, "random"): 0.093,
    (1.0, "train"): 1.00,
    (1.0, "test"): 0.69,
    (1.0, "random"): 0.162,
    (10.0, "train"): 0.83,
    (10.0, "test"): 0.80,
    (10.0, "random"): 0.256,
    (100.0, "train"): 0.850,
    (100.0, "test"): 0.848,
    (100.0, "random"): 0.371,
}
MNIST_MEAN_PAIR_OVERLAP = 0.08878493
MNIST_WITHIN_CLASS = (
    0.3052,
    0.7725,
    0.2129,
    0.2934,
    0.2623,
    0.2265,
    0.2771,
    0.3940,
    0.2255,
    0.3264,
)

SPIN_GLASS_SIDE, SPIN_GLASS_TEMPERATURE = 32, 0.99
SPIN_GLASS_OVERLAPS = {
    # (load, start): final overlap; the loads of the training curve are approximate
    (1.2, "train"): 1.00,
    (3.0, "train"): 0.67,
    (10.0, "train"): 0.85,
    (60.0, "train"): 0.87,
    (0.1, "test"): 0.50,
    (1.0, "test"): 0.73,
    (3.0, "test"): 0.66,
    (10.0, "test"): 0.84,
    (60.0, "test"): 0.87,
    (128.0, "test"): 0.875,
    (float("inf"), "test"): 0.882,
}


def rows(overlaps: dict[tuple[float, str], float]) -> list[dict[str, Any]]:
    """Published overlaps as rows of a table of generalisation."""
    return [
        {"rule": "pl", "alpha": load, "start": start, "overlap": overlap, "source": "published"}
        for (load, start), overlap in overlaps.items()
    ]
