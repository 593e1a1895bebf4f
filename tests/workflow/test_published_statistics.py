"""MNIST as it is prepared has the published statistics, and is learnt as was published."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import yaml

from plmemory.learning.pseudo_likelihood.learn import learn
from plmemory.machine import backend
from plmemory.networks.ising.states import overlap, spins
from plmemory.networks.ising.synchronous import relax
from plmemory.plan import configuration, registry
from plmemory.seeds import generator

# D'Amico et al., arXiv:2507.05147: all pairs of the 60 000 training images, and those of one digit.
MEAN_OVERLAP = 0.08878493
WITHIN_DIGIT = [0.3052, 0.7725, 0.2129, 0.2934, 0.2623, 0.2265, 0.2771, 0.3940, 0.2255, 0.3264]


@pytest.fixture(scope="module")
def mnist(finished):
    return xr.load_dataset(finished.folder / "results/test/data/mnist.nc")


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
    assert mean_pair_overlap(mnist["train"].values) == pytest.approx(MEAN_OVERLAP, abs=5e-9)


def test_mean_overlap_within_each_digit(mnist):
    images, labels = mnist["train"].values, mnist["train_label"].values
    found = [mean_pair_overlap(images[labels == digit]) for digit in range(10)]
    assert found == pytest.approx(WITHIN_DIGIT, abs=5e-5)


# Final overlap from training, test and random starts (same source), each with its rounding.
PUBLISHED = {
    19: ((1.00, 0.005), (0.43, 0.005), (0.093, 0.0005)),
    196: ((1.00, 0.005), (0.69, 0.005), (0.162, 0.0005)),
    1960: ((0.83, 0.005), (0.80, 0.005), (0.256, 0.0005)),
}
# One network differs from another, on the same images, by 0.003 at the smallest load.
NETWORKS = {19: 10, 196: 5, 1960: 2}


@pytest.mark.parametrize("patterns", PUBLISHED)
def test_the_published_overlaps_are_reached_with_the_shipped_settings(mnist, patterns):
    """On the published draw: the first images of its order, and the next 10 000 as unseen ones.

    Within 0.01 of what may have been rounded to the published number.
    """
    written = yaml.safe_load((Path(__file__).parents[2] / "config/config.yaml").read_text())
    entry = configuration.complete(written)["datasets"]["mnist"]
    rule = entry["learning"]["pl"]
    settings = registry.rules()[rule["method"]].settings.keys() - {"record_overlap"}
    cpu = backend.select("cpu")
    networks = NETWORKS[patterns]
    rngs = [generator(7, "published", patterns, network) for network in range(networks)]
    images = mnist["train"].values[mnist["published_order"].values[: patterns + 10_000]]
    chosen = np.stack([images[:patterns]] * networks)
    learned = learn(chosen, cpu, rngs, **{key: rule[key] for key in settings})
    steps = entry["measures"]["attractors"]["max_steps"]
    unseen = np.stack([images[patterns:]] * networks)
    random = np.stack([spins((2000, 196), rng) for rng in rngs])
    kinds = zip((chosen, unseen, random), PUBLISHED[patterns], strict=True)
    for starts, (published, rounding) in kinds:
        ends = relax(learned.couplings, starts, cpu, max_steps=steps).states
        assert overlap(ends, starts).mean() == pytest.approx(published, abs=0.01 + rounding)
