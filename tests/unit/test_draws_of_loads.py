"""Data sets that are drawn: every load and replicate by a generator of its own, named for it."""

import numpy as np
import pytest

from plmemory.datasets.random import load as random
from plmemory.datasets.random_vectors import load as random_vectors
from plmemory.datasets.teacher import load as teacher
from plmemory.seeds import generator

CASES = {
    "random": (random, {"sites": 9}),
    "random_vectors": (random_vectors, {"sites": 9, "dimension": 3}),
    "teacher": (teacher, {"sites": 9}),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_load_is_what_the_generators_named_for_it_draw(kind):
    module, settings = CASES[kind]
    asked = []

    def rng(*identity):
        asked.append(identity)
        return generator(6, "draws", *identity)

    data = module.load(rng, patterns=12, replicates=3, **settings)
    assert asked == [("P00012", 0), ("P00012", 1), ("P00012", 2)]
    own = module.generate(12, *settings.values(), [rng("P00012", r) for r in range(3)])
    for name, variable in own.variables.items():
        np.testing.assert_array_equal(data[name].values, variable.values)
        assert len({values.tobytes() for values in data[name].values}) == 3
    assert data["train"].values.shape[:3] == (3, 12, 9)
    more = module.load(rng, patterns=13, replicates=3, **settings)
    assert (more["train"].values[:, :12] != data["train"].values).any()
