import numpy as np
import pytest

from plmemory.learning.pseudo_inverse import learn as pseudo_inverse
from plmemory.machine import backend
from plmemory.measures import history
from plmemory.measures.attractors.starts import starts
from plmemory.networks.ising.network import ising
from plmemory.networks.ising.states import overlap, spins
from plmemory.networks.potts.network import potts
from plmemory.networks.potts.states import identity, rescaled
from plmemory.seeds import generator

CPU = backend.select("cpu", "float64")


def test_ising_starts_are_examples_and_corrupted_ones():
    rng = generator(1, "starts")
    train, test = spins((30, 100), rng), spins((12, 100), rng)
    network = ising(np.zeros((100, 100)), CPU)
    found = starts(network, train, test, most=20, random=9, corrupted_overlap=0.6, rng=rng)
    assert [len(found[kind]) for kind in ("train", "test", "corrupted", "random")] == [
        20,
        12,
        20,
        9,
    ]
    assert {row.tobytes() for row in found["train"]} <= {row.tobytes() for row in train}
    assert {row.tobytes() for row in found["test"]} == {row.tobytes() for row in test}
    assert set(np.unique(found["random"])) == {-1, 1}
    assert found["random"].shape == (9, 100)
    np.testing.assert_allclose(overlap(found["corrupted"], found["train"]), 0.6)


@pytest.mark.parametrize("states", [2, 5, 21])
def test_potts_starts_are_corrupted_to_the_rescaled_identity(states):
    rng = generator(1, "starts")
    train = rng.integers(0, states, (40, 210)).astype(np.int8)
    network = potts(np.zeros((210, states, 210, states)), np.zeros((210, states)))
    found = starts(network, train, train, most=30, random=50, corrupted_overlap=0.8, rng=rng)
    reached = rescaled(identity(found["corrupted"], found["train"]), states)
    np.testing.assert_allclose(reached, 0.8, atol=states / (states - 1) / 210)
    assert found["corrupted"].min() >= 0
    assert found["corrupted"].max() < states
    frequency = np.bincount(found["random"].ravel(), minlength=states) / found["random"].size
    error = np.sqrt((1 / states) * (1 - 1 / states) / found["random"].size)
    np.testing.assert_allclose(frequency, 1 / states, atol=5 * error)


def test_the_observer_sees_perfect_retrieval_well_below_capacity():
    rngs = [generator(1, "observer", replicate) for replicate in range(2)]
    patterns = np.stack([spins((10, 200), rng) for rng in rngs])
    couplings = pseudo_inverse.learn(patterns, CPU).couplings
    observe = history.retrieval_observer(patterns, 0.7, CPU, rngs)
    seen = observe(slice(0, 2), 3, couplings)
    np.testing.assert_array_equal(seen["overlap"], 1)
    # sqrt((1 - alpha) / alpha) at alpha = 0.05; relative fluctuations of order 1 / sqrt(N).
    np.testing.assert_allclose(seen["mean_stability"], np.sqrt(19), rtol=3 / np.sqrt(200))
    assert (seen["critical_overlap"] < 0.5).all()
    second = observe(slice(1, 2), 3, couplings[1:])
    np.testing.assert_array_equal(second["mean_stability"], seen["mean_stability"][1:])
