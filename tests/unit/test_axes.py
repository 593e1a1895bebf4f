"""Functions of states take any leading axes: as of all states in a row, with the same numbers."""

import numpy as np
import pytest

from plmemory.networks.ising import states as ising
from plmemory.networks.potts import states as potts
from plmemory.networks.vectors import states as vectors
from plmemory.seeds import generator

LEADING, SITES = (2, 3, 4), 15


def rng(name="noise"):
    return generator(2, "axes", name)


SPINS = ising.spins((*LEADING, SITES), rng("spins"))
OTHER = ising.spins((4, SITES), rng("other"))
COLOURS = rng("colours").integers(0, 3, (*LEADING, SITES)).astype(np.int8)
ARROWS = vectors.directions((*LEADING, SITES, 3), rng("arrows"))
SIGNS = SPINS[..., None].astype(float)
# What is asked, the states, and their axes.
ASKED = {
    "ising.overlap": (lambda s: ising.overlap(s, OTHER[0]), SPINS, 1),
    "ising.corrupt": (lambda s: ising.corrupt(s, 0.2, rng()), SPINS, 1),
    "potts.identity": (lambda s: potts.identity(s, COLOURS[0, 1, 2]), COLOURS, 1),
    "vectors.overlap": (lambda s: vectors.overlap(s, ARROWS[0, 1, 2]), ARROWS, 2),
    "vectors.corrupt": (lambda s: vectors.corrupt(s, 0.2, rng()), ARROWS, 2),
    "vectors.corrupt, signs": (lambda s: vectors.corrupt(s, 0.2, rng()), SIGNS, 2),
    "vectors.normalised": (lambda s: vectors.normalised(3 * s, "s"), ARROWS, 2),
}


@pytest.mark.parametrize("name", ASKED)
def test_states_with_more_axes_are_states_in_a_row(name):
    asked, states, axes = ASKED[name]
    row = asked(states.reshape(-1, *states.shape[-axes:]))
    found = asked(states)
    np.testing.assert_array_equal(found, row.reshape(*LEADING, *row.shape[1:]))
    one = asked(states[0, 0, 0])
    assert one.shape == row.shape[1:]


def test_overlaps_are_those_of_all_pairs_where_axes_are_broadcast():
    found = ising.overlap(SPINS[..., None, :], OTHER)
    assert found.shape == (*LEADING, 4)
    assert found[1, 2, 3, 1] == np.mean(SPINS[1, 2, 3].astype(float) * OTHER[1])
    equal = potts.identity(COLOURS[..., None, :], COLOURS[0, 0])
    assert equal[1, 2, 3, 1] == np.mean(COLOURS[1, 2, 3] == COLOURS[0, 0, 1])


def test_a_long_vector_is_found_among_more_axes():
    wrong = ARROWS.copy()
    wrong[1, 2, 0, 7] *= 2
    with pytest.raises(vectors.InputError, match=r"length 2 at \(1, 2, 0, 7\)"):
        vectors.check_unit(wrong, "states")
    wrong[1, 2, 0, 7] = 0
    with pytest.raises(vectors.InputError, match=r"length zero at \(1, 2, 0, 7\)"):
        vectors.normalised(wrong, "states")
