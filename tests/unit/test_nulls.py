"""Null models of generalisation, by hand."""

import numpy as np

from plmemory.machine.backend import select
from plmemory.measures.nulls import consensus, null_models
from plmemory.networks.ising.network import ising


def test_the_consensus_is_the_most_frequent_value_and_of_equals_the_lowest():
    spins = np.array([[1, 1, -1, 1], [-1, 1, -1, -1], [1, 1, 1, 1], [-1, -1, -1, 1]], dtype=np.int8)
    assert consensus(spins).tolist() == [-1, 1, -1, 1]
    colours = np.array([[4, 0, 2], [7, 2, 2], [7, 2, 0], [4, 0, 9], [5, 3, 9]], dtype=np.int8)
    assert consensus(colours).tolist() == [4, 0, 2]


def test_null_models_of_spins():
    network = ising(np.ones((4, 4)) - np.eye(4), select("cpu"))
    train = np.array([[1, 1, 1, -1], [1, 1, -1, -1], [-1, 1, -1, 1]], dtype=np.int8)
    test = np.array([[-1, -1, -1, 1], [1, -1, 1, -1], [1, 1, 1, 1]], dtype=np.int8)
    ends = np.array([[1, 1, 1, 1], [1, 1, 1, -1], [-1, -1, -1, -1]], dtype=np.int8)
    found = null_models(network, train, test, ends)
    # The first is the negative of a training example; consensus: 1, 1, -1, -1.
    assert found["nearest_train"].tolist() == [1, 1, 0.5]
    assert found["consensus"].tolist() == [0.5, 0, 0]
    assert found["exchanged"].tolist() == [0.5, 0, 0.5]
    assert np.isnan(null_models(network, train, test[:1], ends[:1])["exchanged"]).all()
