"""The catalogue against the full transition graph of small networks, found by naive loops."""

import math

import numpy as np
import pytest
import xarray
from hypothesis import given, settings
from hypothesis import strategies as st

from plmemory.machine.backend import select
from plmemory.measures.attractors.search import basin_entropy, labelled, orders, search
from plmemory.networks.ising.network import ising

CPU = select("cpu", "float32")


def all_states(sites):
    codes = np.arange(2**sites)[:, None] >> np.arange(sites)[::-1]
    return ((codes & 1) * 2 - 1).astype(np.int8)


def random_couplings(sites, seed, symmetric=False):
    couplings = np.random.default_rng(seed).normal(size=(sites, sites))
    if symmetric:
        couplings += couplings.T
    np.fill_diagonal(couplings, 0)
    return couplings


def transition_graph(couplings):
    """Each attractor as a frozen set of states (tuples), with how many states flow into it."""

    def step(state):
        fields = [sum(j * s for j, s in zip(row, state, strict=True)) for row in couplings]
        return tuple(
            (1 if h > 0 else -1) if h != 0 else s for h, s in zip(fields, state, strict=True)
        )

    basins = {}
    for start in all_states(len(couplings)).tolist():
        path, state = [], tuple(start)
        while state not in path:
            path.append(state)
            state = step(state)
        cycle = frozenset(path[path.index(state) :])
        basins[cycle] = basins.get(cycle, 0) + 1
    return basins


def cyclic_shift(sites):
    return np.roll(np.eye(sites), 1, axis=0)


@pytest.mark.parametrize("seed", range(6))
def test_catalogue_from_all_states_is_the_transition_graph(seed):
    sites = 8
    couplings = random_couplings(sites, seed, symmetric=seed % 3 == 0)
    basins = transition_graph(couplings.tolist())
    states = all_states(sites)
    found = search(
        ising(couplings, CPU),
        {"low": states[:100], "high": states[100:]},
        train=states[:3],
        test=states[5:7],
        max_steps=600,
    )
    catalogue = found.catalogue
    assert set(found.kinds) == {"low", "high"}
    assert {
        tuple(state): (period, reached)
        for state, period, reached in zip(
            catalogue.state.tolist(),
            catalogue.period.tolist(),
            catalogue.starts.sum(axis=0).tolist(),
            strict=True,
        )
    } == {min(cycle): (len(cycle), size) for cycle, size in basins.items()}
    symmetric = (couplings + couplings.T) / 2
    norms = np.linalg.norm(couplings, axis=1)
    for place, state in enumerate(catalogue.state):
        cycle = np.array(sorted(next(c for c in basins if tuple(state.tolist()) in c)))
        energies = -np.einsum("ci,ij,cj->c", cycle, symmetric, cycle) / (2 * sites)
        stabilities = cycle * (cycle @ couplings.T) / norms
        assert catalogue.energy[place] == pytest.approx(energies.mean(), abs=1e-12)
        assert catalogue.stability[place] == pytest.approx(stabilities.min(), abs=1e-12)
        for near, examples in (
            (catalogue.nearest_train, states[:3]),
            (catalogue.nearest_test, states[5:7]),
        ):
            assert near[place] == pytest.approx(np.abs(examples @ state / sites).max())


@pytest.mark.parametrize("seed", range(3))
def test_trajectories_name_their_own_attractor(seed):
    sites = 8
    couplings = random_couplings(sites, seed)
    basins = transition_graph(couplings.tolist())
    states = all_states(sites)
    found = search(ising(couplings, CPU), {"all": states}, train=states, test=None, max_steps=600)
    assert (found.trajectories.attractor >= 0).all()
    assert np.isnan(found.trajectories.nearest_test).all()
    assert np.isnan(found.catalogue.nearest_test).all()
    assert (found.trajectories.nearest_train == 1).all()
    starts_of = np.bincount(found.trajectories.attractor)
    np.testing.assert_array_equal(starts_of, found.catalogue.starts[0])
    ranks = list(zip((-starts_of).tolist(), found.catalogue.state.tolist(), strict=True))
    assert ranks == sorted(ranks)
    assert len({*starts_of.tolist()}) < len(starts_of)  # equal frequencies do occur
    owner = {state: cycle for cycle in basins for state in cycle}
    for state, place in zip(states.tolist(), found.trajectories.attractor, strict=True):
        if tuple(state) in owner:
            representative = tuple(found.catalogue.state[place].tolist())
            assert representative == min(owner[tuple(state)])


def test_antipodes_are_two_attractors():
    found = search(
        ising(np.ones((4, 4)) - np.eye(4), CPU),
        {"all": all_states(4)},
        train=np.ones((1, 4), dtype=np.int8),
        test=None,
        max_steps=50,
    )
    ends = found.catalogue.state[found.catalogue.period == 1].tolist()
    assert sorted(ends) == [[-1] * 4, [1] * 4]
    for energy in found.catalogue.energy[found.catalogue.stability > 0]:
        assert energy == pytest.approx(-1.5)


def test_all_phases_of_a_long_cycle_are_one_attractor():
    sites = 7
    start = np.array([1, -1, -1, 1, 1, -1, 1], dtype=np.int8)
    phases = np.stack([np.roll(start, shift) for shift in range(sites)])
    found = search(
        ising(cyclic_shift(sites), CPU), {"phase": phases}, train=phases, test=None, max_steps=30
    )
    assert found.catalogue.period.tolist() == [sites]
    assert found.catalogue.starts.tolist() == [[sites]]
    assert found.catalogue.state[0].tolist() == min(phases.tolist())


def test_starts_still_moving_have_no_attractor():
    couplings = cyclic_shift(9)
    start = np.array([[1, -1, -1, -1, -1, -1, -1, -1, -1]], dtype=np.int8)
    found = search(ising(couplings, CPU), {"start": start}, train=start, test=start, max_steps=5)
    assert found.trajectories.period.tolist() == [0]
    assert found.trajectories.attractor.tolist() == [-1]
    assert found.catalogue.state.shape == (0, 9)
    assert np.isnan(basin_entropy(found.catalogue.starts)).all()


def test_starts_still_moving_are_followed_to_their_attractor():
    couplings = cyclic_shift(9)
    start = np.array([[1, -1, -1, -1, -1, -1, -1, -1, -1]], dtype=np.int8)
    examples = {"train": start, "test": start, "max_steps": 4}
    network = ising(couplings, CPU)
    found = search(network, {"start": start}, **examples, further_steps=20)
    assert found.trajectories.period.tolist() == [9]
    assert found.trajectories.attractor.tolist() == [0]
    short = search(network, {"start": start}, **examples)
    np.testing.assert_array_equal(found.final, short.final)
    np.testing.assert_array_equal(found.trajectories.overlap, short.trajectories.overlap)


def test_basin_entropy_of_known_distributions():
    reached = np.array([[5, 5, 5, 5, 0], [7, 0, 0, 0, 0], [8, 4, 2, 1, 1]])
    assert basin_entropy(reached) == pytest.approx([math.log(4), 0, 1.875 * math.log(2)])


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 6), st.integers(0, 2**32 - 1), st.data())
def test_counts_and_orders(sites, seed, data):
    rng = np.random.default_rng(seed)
    couplings = rng.integers(-2, 3, (sites, sites)).astype(float)
    np.fill_diagonal(couplings, 0)
    starts = {
        name: rng.choice(np.array([-1, 1], np.int8), (data.draw(st.integers(1, 9)), sites))
        for name in ("train", "random")
    }
    network = ising(couplings, CPU)
    found = search(network, starts, train=starts["train"], test=None, max_steps=2**sites)
    assert found.catalogue.starts.sum(axis=1).tolist() == [len(s) for s in starts.values()]
    assert len(np.unique(found.catalogue.state, axis=0)) == len(found.catalogue.state)
    entropy = basin_entropy(found.catalogue.starts)
    assert (entropy >= 0).all()
    assert (entropy <= [math.log(len(s)) + 1e-12 for s in starts.values()]).all()
    fixed = found.catalogue.state[found.catalogue.period == 1]
    np.testing.assert_array_equal(network.step(fixed), fixed)
    cycles = found.catalogue.period > 1
    assert (
        (network.step(found.catalogue.state[cycles]) != found.catalogue.state[cycles])
        .any(axis=1)
        .all()
    )


def test_order_matters_only_where_it_should():
    # Two spins that want to differ, started equal: whichever moves first decides the end.
    frustrated = np.array([[0.0, -1.0], [-1.0, 0.0]])
    starts = np.ones((1, 2), dtype=np.int8)
    outcomes = []
    for seed in range(40):
        rngs = [np.random.default_rng([seed, k]) for k in range(2)]
        found = orders(ising(frustrated, CPU), starts, rngs, 10)
        assert found.settled.all()
        assert found.overlap.item() == 0  # one of the two spins flips
        assert found.agreement.item() == (-1.0 if found.differ.item() else 1.0)
        outcomes.append(not found.differ.item())
    assert 8 <= sum(outcomes) <= 32  # 20 expected, standard deviation 3.2
    ferromagnet = np.ones((5, 5)) - np.eye(5)
    rngs = [np.random.default_rng(k) for k in range(2)]
    assert not orders(ising(ferromagnet, CPU), all_states(5), rngs, 10).differ.any()


def test_orders_settle_at_fixed_points_only():
    # The second spin copies the first, the first does the opposite of the second: no fixed point.
    chase = np.array([[0.0, -1.0], [1.0, 0.0]])
    rngs = [np.random.default_rng(k) for k in range(2)]
    assert not orders(ising(chase, CPU), all_states(2), rngs, 20).settled.any()


def test_labelled_variables_make_a_dataset():
    states = all_states(6)
    searches = [
        search(
            ising(random_couplings(6, seed), CPU),
            {"train": states[:10], "random": states[10:40]},
            train=states[:10],
            test=states[40:],
            max_steps=200,
        )
        for seed in range(3)
    ]
    dataset = xarray.Dataset(labelled(searches))
    assert dataset.sizes["replicate"] == 3
    assert dataset.sizes["trajectory"] == 40
    assert dataset.start.values.tolist() == ["train", "random"]
    for replicate, found in enumerate(searches):
        mine = dataset.isel(attractor=dataset.attractor_replicate == replicate)
        np.testing.assert_array_equal(mine.attractor_state, found.catalogue.state)
        np.testing.assert_array_equal(mine.attractor_starts, found.catalogue.starts)
        np.testing.assert_allclose(
            dataset.basin_entropy[replicate], basin_entropy(found.catalogue.starts)
        )
        places = dataset.trajectory_attractor.values[replicate]
        reached = dataset.isel(attractor=places)
        assert (reached.attractor_replicate == replicate).all()
        np.testing.assert_array_equal(reached.attractor_period, found.trajectories.period)
