"""MNIST as the workflow prepares it has the statistics that were published."""

import numpy as np
import pytest
import xarray as xr

# D'Amico et al., arXiv:2507.05147: all pairs of the 60 000 training images, and those of one digit.
MEAN_OVERLAP = 0.0887849
WITHIN_DIGIT = [0.3052, 0.7725, 0.2129, 0.2934, 0.2623, 0.2265, 0.2771, 0.3940, 0.2255, 0.3264]


@pytest.fixture(scope="module")
def mnist(finished):
    return xr.load_dataset(finished.folder / "results/data/mnist.nc")


def mean_pair_overlap(images):
    """Mean overlap of all pairs of different rows: |sum of rows|^2 holds every pair twice."""
    count, sites = images.shape
    total = images.sum(axis=0, dtype=np.int64)
    return (np.sum(total**2) - count * sites) / (count * (count - 1) * sites)


def test_mnist_is_complete(mnist):
    assert mnist["train"].shape == (60_000, 196)
    assert mnist["test"].shape == (10_000, 196)
    assert set(np.unique(mnist["train"])) == {-1, 1}


def test_mean_overlap_of_all_pairs(mnist):
    assert mean_pair_overlap(mnist["train"].values) == pytest.approx(MEAN_OVERLAP, abs=1e-6)


def test_mean_overlap_within_each_digit(mnist):
    images, labels = mnist["train"].values, mnist["train_label"].values
    found = [mean_pair_overlap(images[labels == digit]) for digit in range(10)]
    assert found == pytest.approx(WITHIN_DIGIT, abs=1e-4)
