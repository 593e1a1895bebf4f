"""Values published in D'Amico et al., arXiv:2507.05147, to be set beside ours."""

from __future__ import annotations

MNIST_OVERLAPS = {
    # load: final overlap from (train, test, random) starts
    0.1: (1.00, 0.43, 0.093),
    1.0: (1.00, 0.69, 0.162),
    10.0: (0.83, 0.80, 0.256),
    100.0: (0.850, 0.848, 0.371),
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
_INFINITE = float("inf")
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
    (_INFINITE, "test"): 0.882,
}
