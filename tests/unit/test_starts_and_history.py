from pathlib import Path

import numpy as np
import pytest
import yaml

from plmemory.files.labelled import Dataset
from plmemory.learning.pseudo_inverse import learn as pseudo_inverse
from plmemory.machine import backend
from plmemory.measures import history
from plmemory.measures.attractors.starts import starts
from plmemory.measures.critical_overlap import TARGET
from plmemory.measures.job import Job
from plmemory.measures.storage import measure as storage
from plmemory.networks.ising.network import ising
from plmemory.networks.ising.states import overlap, spins
from plmemory.networks.potts.network import potts
from plmemory.networks.potts.states import identity, rescaled
from plmemory.seeds import generator

CONFIG = Path(__file__).parents[2] / "config/config.yaml"
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
    assert (seen["half_overlap"] <= seen["critical_overlap"]).all()
    second = observe(slice(1, 2), 3, couplings[1:])
    np.testing.assert_array_equal(second["mean_stability"], seen["mean_stability"][1:])


def test_the_observer_and_the_measure_of_storage_agree_on_the_boundaries():
    """Of the same couplings, each from corruptions of its own."""
    replicates, patterns, sites = 6, 60, 200
    rngs = [generator(1, "agree", replicate) for replicate in range(replicates)]
    trained = np.stack([spins((patterns, sites), rng) for rng in rngs])
    couplings = pseudo_inverse.learn(trained, CPU).couplings
    observe = history.retrieval_observer(trained, 0.6, CPU, rngs)
    seen = observe(slice(0, replicates), 3, couplings)
    axes = ("replicate", "site", "source")
    model = Dataset({"couplings": (axes, couplings)}, attrs={"patterns": patterns})
    dataset = Dataset({"train": (("replicate", "pattern", "site"), trained)})
    shipped = yaml.safe_load(CONFIG.read_text())["measures"]["storage"]
    given = Job(model, dataset, "random", "rule", "P00060", 1, None)
    measured = storage.measure(given, CPU, **{"sequential": False} | shipped)
    assert (shipped["patterns"], shipped["max_steps"]) == (100, 100)
    assert (history.STATES, history.MAX_STEPS) == (100, 100)
    assert shipped["target"] == TARGET == 0.95
    for name in ("critical_overlap", "half_overlap"):
        differences = seen[name] - measured[name].values
        error = differences.std(ddof=1) / np.sqrt(replicates)
        assert error < 0.02
        assert abs(differences.mean()) < 4 * error + 2 / sites
