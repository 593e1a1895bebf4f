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
