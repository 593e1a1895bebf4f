"""What every network does is as recorded in ``tests/data/followed.txt``; see ``unit.followed``."""

import numpy as np
import pytest
from unit import followed
from unit.summaries import compare, read

from plmemory.machine.workers import Workers
from plmemory.networks.relax import relax_with
from plmemory.networks.vectors import synchronous
from plmemory.plan import registry

NETWORKS = [spins for spins in followed.MODELS if registry.has("networks", spins, "network")]
RECORDED = read(followed.FILE)


def test_every_type_of_network_is_recorded():
    assert list(RECORDED) == list(followed.MODELS) == sorted(registry.spin_types())


@pytest.mark.parametrize("spins", followed.MODELS)
def test_a_network_does_what_it_did(spins):
    compare(RECORDED[spins], followed.numbers(spins))


def test_vectors_rest_within_the_published_tolerance():
    """arXiv:2507.02586; other spins are compared exactly."""
    found = {spins: followed.network(spins)[0].step.tolerance for spins in NETWORKS}
    assert found == {"attention": 1e-12, "ising": 0, "potts": 0, "vectors": 1e-12}


@pytest.mark.parametrize("spins", NETWORKS)
def test_a_network_on_several_cores_steps_again_and_again(spins, monkeypatch):
    made = Workers.__init__

    def with_three(workers):
        made(workers)
        workers.count = 3

    monkeypatch.setattr(synchronous, "WORTH_SHARING", 1)
    monkeypatch.setattr(synchronous, "PIECE_NUMBERS", 1 << 6)
    one, states = followed.network(spins)
    expected = one.step(states)
    monkeypatch.setattr(Workers, "__init__", with_three)
    network, _ = followed.network(spins)
    for _ in range(3):
        np.testing.assert_array_equal(network.step(states), expected)
        np.testing.assert_array_equal(relax_with(network.step, states, 1).states, expected)
