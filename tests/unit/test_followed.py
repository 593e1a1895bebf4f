"""What every network does is as recorded in ``tests/data/followed.txt``; see ``unit.followed``."""

import pytest
from unit import followed
from unit.summaries import compare, read

from plmemory.plan import registry

RECORDED = read(followed.FILE)


def test_every_type_of_network_is_recorded():
    assert list(RECORDED) == list(followed.MODELS) == sorted(registry.spin_types())


@pytest.mark.parametrize("spins", followed.MODELS)
def test_a_network_does_what_it_did(spins):
    compare(RECORDED[spins], followed.numbers(spins))
