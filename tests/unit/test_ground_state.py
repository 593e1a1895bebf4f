"""Ground states by cutting planes against enumeration, and against sampling where that ends."""

import numpy as np
import pytest

from plmemory.datasets.spin_glass import load as spin_glass
from plmemory.datasets.spin_glass import parallel_tempering as tempering
from plmemory.datasets.spin_glass.ground_state import ground_state, violated


def energy(couplings, states):
    return -0.5 * np.einsum("...i,ij,...j->...", states, couplings, states, dtype=np.float64)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("side", "law", "boundary"),
    [(4, "gaussian", "periodic"), (4, "bimodal", "periodic"), (3, "gaussian", "free")],
)
def test_no_state_has_a_lower_energy(side, law, boundary, seed):
    graph = spin_glass.lattice(side, law, boundary, np.random.default_rng(seed))
    couplings = spin_glass.coupling_matrix(graph)
    numbers = np.arange(2 ** (side * side))
    states = 2.0 * (numbers[:, None] >> np.arange(side * side) & 1) - 1
    energies = energy(couplings, states)
    found = ground_state(couplings)
    assert found.dtype == np.int8
    assert found[0] == 1
    assert energy(couplings, found) == pytest.approx(energies.min(), abs=1e-9)
    if law == "gaussian":  # up to its sign it is the only one
        lowest = states[energies.argmin()]
        np.testing.assert_array_equal(found, lowest * lowest[0])


def test_a_frustrated_graph_needs_whole_numbers():
    """All bonds of five spins against each other: the cycles leave the optimum at x = 2/3."""
    couplings = np.eye(5) - 1
    assert energy(couplings, ground_state(couplings)) == pytest.approx(-2)


def test_cold_chains_end_in_it():
    rng = np.random.default_rng(3)
    graph = spin_glass.lattice(10, "gaussian", "periodic", rng)
    couplings = spin_glass.coupling_matrix(graph)
    temperatures = np.geomspace(0.1, 2.0, 16)
    chains = tempering.start(rng.choice([-1, 1], size=(1024, 100)), len(temperatures), rng)
    record = tempering.advance(chains, graph, temperatures, records=1, every=300)
    found = ground_state(couplings)
    assert record.energies[0, 0].min() == pytest.approx(energy(couplings, found), abs=1e-9)
    coldest = record.states[0, record.energies[0, 0].argmin()]
    np.testing.assert_array_equal(found, coldest * coldest[0])


def test_cuts_violate_nothing_and_what_is_violated_no_cut_violates():
    graph = spin_glass.lattice(4, "gaussian", "periodic", np.random.default_rng(1))
    ends = np.argwhere(np.triu(spin_glass.coupling_matrix(graph), 1))
    rng = np.random.default_rng(2)
    states = rng.choice([-1, 1], size=(500, 16))
    cuts = (states[:, ends[:, 0]] != states[:, ends[:, 1]]).astype(float)
    assert violated(cuts[0], ends, 16)[0].shape[0] == 0
    for point in (1.0 - cuts[1] * (np.arange(32) == cuts[1].argmax()), rng.random(32)):
        rows, limits = violated(point, ends, 16)
        assert rows.shape[0] > 0
        assert np.all(rows @ point > limits)
        assert np.all(rows @ cuts.T <= limits[:, None])
