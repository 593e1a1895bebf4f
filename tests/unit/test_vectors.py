"""Vector spins: states, couplings by factors and dynamics, against dense arrays and Ising spins."""

import tracemalloc

import numpy as np
import pytest
from optional import torch

from plmemory.datasets.random_vectors.load import generate
from plmemory.errors import InputError
from plmemory.machine.backend import Backend, select
from plmemory.machine.workers import Workers
from plmemory.networks.contract import Step, Walk
from plmemory.networks.ising import states as ising_states
from plmemory.networks.ising.network import ising
from plmemory.networks.relax import relax_with
from plmemory.networks.vectors import states
from plmemory.networks.vectors.couplings import Factors, dense, own_blocks, row_norms
from plmemory.networks.vectors.network import vectors
from plmemory.theory.vectors import one_step

DOUBLE = Backend(np, "cpu", "float64")


def drawn(seed, count=5, sites=12, dimension=3):
    """Couplings without symmetry, and three states."""
    rng = np.random.default_rng(seed)
    left = rng.normal(size=(count, sites, dimension))
    right = states.directions((count, sites, dimension), rng)
    return Factors(left, right), states.directions((3, sites, dimension), rng)


def hebb(patterns):
    return Factors(patterns / patterns.shape[1], patterns)


def turned(blocks, spins):
    """One step under an array of couplings (N, d, N, d)."""
    fields = np.einsum("iajb,sjb->sia", blocks, spins)
    return fields / np.linalg.norm(fields, axis=-1, keepdims=True)


@pytest.mark.parametrize("dimension", [1, 2, 3, 8])
def test_a_step_is_that_of_the_whole_array_of_couplings(dimension):
    couplings, spins = drawn(1, dimension=dimension)
    blocks = dense(couplings)
    assert np.abs(own_blocks(couplings)).max() > 1  # what must not act
    np.testing.assert_allclose(vectors(couplings, DOUBLE).step(spins), turned(blocks, spins))
    single = vectors(couplings, select("cpu", "float32")).step(spins)
    np.testing.assert_allclose(single, turned(blocks, spins), atol=1e-4)
    norms = np.sqrt(np.square(blocks).sum(axis=(1, 2, 3)))
    np.testing.assert_allclose(row_norms(couplings), norms)


def test_batches_of_states_do_not_change_a_step():
    couplings, _ = drawn(2)
    network = vectors(couplings, DOUBLE)
    spins = states.directions((7, 12, 3), np.random.default_rng(0))
    whole = network.step(spins)
    network.step.batch = 2
    np.testing.assert_allclose(network.step(spins), whole, rtol=1e-12)
    assert network.step(spins[:0]).shape == (0, 12, 3)


def test_a_step_that_is_shared_gives_the_same_bytes_on_any_number_of_cores():
    """Large enough for several pieces; against the field as a sum over all patterns."""
    rng = np.random.default_rng(8)
    patterns = states.directions((40, 300, 4), rng).astype(np.float32)
    spins = states.directions((400, 300, 4), rng).astype(np.float32)
    found = []
    for cores in (1, 2):
        step = vectors(hebb(patterns), select("cpu", "float32")).step
        with Workers() as step._workers:
            step._workers.count = cores
            found.append(step(spins))
    np.testing.assert_array_equal(*found)
    np.testing.assert_allclose(found[0][:3], turned(dense(hebb(patterns)), spins[:3]), atol=1e-4)


def test_the_other_library_takes_the_same_step():
    couplings, spins = drawn(4)
    couplings.left[:, 3] = 0  # a spin without a field
    one, other = (vectors(couplings, b) for b in (DOUBLE, Backend(torch, "cpu", "float64")))
    np.testing.assert_allclose(other.step(spins), one.step(spins), rtol=1e-12)
    for ours, theirs in zip(one.measure(spins), other.measure(spins), strict=True):
        np.testing.assert_allclose(theirs, ours)


@pytest.mark.parametrize("dimension", [2, 8])
def test_a_step_from_corrupted_patterns_gains_what_theory_says(dimension):
    """Phi_d of the mean and variance that fields have at this N and P; errors over draws.

    What it leaves out, that the variance differs from site to site, is 0.001 here for d = 2.
    """
    sites, count, start = 200, 100, 0.4
    gained = []
    for seed in range(24):
        rng = np.random.default_rng(seed)
        patterns = states.directions((count, sites, dimension), rng)
        begun = states.corrupt(patterns[:20], start, rng)
        after = vectors(hebb(patterns), DOUBLE).step(begun)
        gained.append(states.overlap(after, patterns[:20]).mean())
    error = np.std(gained, ddof=1) / np.sqrt(len(gained))
    exact = one_step(start, (count - 1) / (sites - 1), dimension)
    assert error < 0.003
    assert abs(np.mean(gained) - exact) < 4 * error


def test_energy_stability_and_nearest_overlap():
    couplings, spins = drawn(3)
    blocks, network = dense(couplings), vectors(couplings, DOUBLE)
    energy, stability = network.measure(spins)
    fields = np.einsum("iajb,sjb->sia", blocks, spins)
    aligned = (fields * spins).sum(axis=-1)
    np.testing.assert_allclose(energy, -aligned.mean(axis=1) / 2)
    np.testing.assert_allclose(stability, (aligned / row_norms(couplings)).min(axis=1))
    many = states.directions((9, 12, 3), np.random.default_rng(1))
    pairs = np.einsum("sia,pia->sp", spins, many) / 12
    np.testing.assert_allclose(network.nearest(spins, many), np.abs(pairs).max(axis=1))
    np.testing.assert_allclose(network.overlap(spins, many[:3]), np.diag(pairs[:, :3]))


@pytest.mark.parametrize("load", [0.08, 0.3])
def test_one_component_is_an_ising_network(load):
    """The same states after any number of steps, the same fixed points and cycles of two steps."""
    rng = np.random.default_rng(5)
    sites, count = 150, round(150 * load)
    spins = ising_states.spins((count, sites), rng)
    couplings = (spins.T.astype(float) @ spins) / sites
    np.fill_diagonal(couplings, 0)
    other = ising(couplings, DOUBLE)
    network = vectors(hebb(spins[..., None].astype(float)), DOUBLE)
    starts = np.concatenate([spins[:8], ising_states.spins((40, sites), rng)])
    for steps in (1, 2, 5, 200, 201):
        one, two = (
            relax_with(n.step, s, steps)
            for n, s in ((network, starts[..., None].astype(float)), (other, starts))
        )
        np.testing.assert_array_equal(one.states[..., 0], two.states)
        short = two.period <= 2
        np.testing.assert_array_equal(one.period[short], two.period[short])
        np.testing.assert_array_equal(one.steps[short], two.steps[short])
    assert {1, 2} <= set(two.period)
    energies = zip(network.measure(one.states), other.measure(two.states), strict=True)
    for ours, theirs in energies:
        np.testing.assert_allclose(ours, theirs, atol=1e-12)
    sweeps = [n.sweep(np.random.default_rng(9)) for n in (network, other)]
    ours, theirs = starts[..., None].astype(float), starts
    for _ in range(3):
        ours, theirs = sweeps[0](ours), sweeps[1](theirs)
    np.testing.assert_array_equal(ours[..., 0], theirs)


def test_sequential_sweeps_lower_the_energy_to_a_fixed_point_of_all_sites():
    patterns = states.directions((6, 40, 3), np.random.default_rng(2))
    network = vectors(hebb(patterns), DOUBLE)
    spins = network.random(4, np.random.default_rng(3))
    sweep, energy = network.sweep(np.random.default_rng(4)), [network.measure(spins)[0]]
    for _ in range(5):
        spins = sweep(spins)
        energy.append(network.measure(spins)[0])
    assert (np.diff(energy, axis=0) < 0).all()
    ended = relax_with(sweep, spins, 3000, cycles=False)
    assert (ended.period == 1).all()
    np.testing.assert_allclose(network.step(ended.states), ended.states, atol=1e-4)


def test_a_spin_without_a_field_is_kept():
    couplings, spins = drawn(6)
    couplings.left[:, 4] = 0
    network = vectors(couplings, DOUBLE)
    np.testing.assert_array_equal(network.step(spins)[:, 4], spins[:, 4])
    swept = network.sweep(np.random.default_rng(0))(spins)
    np.testing.assert_array_equal(swept[:, 4], spins[:, 4])


def test_a_fixed_point_is_met_within_the_tolerance():
    patterns = states.directions((8, 300, 3), np.random.default_rng(7))
    network = vectors(hebb(patterns), DOUBLE)
    ended = relax_with(network.step, patterns[:3], 2000)
    assert (ended.period == 1).all()
    assert (ended.steps < 500).all()
    further = relax_with(Step(network.step, tolerance=1e-30), patterns[:3], 2000)
    np.testing.assert_allclose(ended.states, further.states, atol=1e-3)
    # One step before, they still moved.
    for row, steps in enumerate(ended.steps):
        before = relax_with(network.step, patterns[row : row + 1], int(steps) - 1)
        assert before.period[0] == 0


def test_a_cycle_of_two_steps_ends_at_the_right_phase():
    one, two = states.directions((2, 1, 5, 3), np.random.default_rng(1))
    step = Step(lambda s: np.where(np.abs(s - one) < 1e-9, two, one), tolerance=1e-12)
    for steps, last in ((10, one), (11, two)):
        ended = relax_with(step, one.copy(), steps)
        assert (ended.period[0], ended.steps[0]) == (2, 0)
        np.testing.assert_array_equal(ended.states, last)
    assert relax_with(step, one.copy(), 10, cycles=False).period[0] == 0


@pytest.mark.parametrize("dimension", [2, 3, 8])
def test_corruption_turns_every_spin_by_the_same_angle(dimension):
    patterns = states.directions((3, 500, dimension), np.random.default_rng(0))
    for m0 in (0.0, 0.4, 1.0):
        turned_away = states.corrupt(patterns, m0, np.random.default_rng(1))
        np.testing.assert_allclose((turned_away * patterns).sum(axis=-1), m0, atol=1e-12)
        np.testing.assert_allclose(np.linalg.norm(turned_away, axis=-1), 1)
    sideways = states.corrupt(patterns, 0.0, np.random.default_rng(2)).mean(axis=1)
    assert np.abs(sideways).max() < 5 / np.sqrt(500 * dimension)


def test_corruption_of_one_component_flips_as_ising_spins_do():
    spins = ising_states.spins((4, 50), np.random.default_rng(0))
    ours = states.corrupt(spins[..., None], 0.52, np.random.default_rng(3))
    theirs = ising_states.corrupt(spins, 0.52, np.random.default_rng(3))
    np.testing.assert_array_equal(ours[..., 0], theirs)


def test_random_vectors_are_uniform_on_the_sphere():
    rngs = [np.random.default_rng(seed) for seed in (1, 2)]
    train = generate(40, 100, 3, rngs)["train"].values
    assert train.shape == (2, 40, 100, 3)
    states.check_unit(train, "patterns")
    flat = train.reshape(-1, 3)
    assert np.abs(flat.mean(axis=0)).max() < 5 / np.sqrt(3 * len(flat))
    second = flat.T @ flat / len(flat)
    np.testing.assert_allclose(second, np.eye(3) / 3, atol=5 * 0.3 / np.sqrt(len(flat)))
    assert not np.allclose(train[0], train[1])


def test_no_array_of_all_couplings_is_built():
    """It would hold (1000 x 8)^2 numbers, 256 MB in single precision."""
    patterns = states.directions((20, 1000, 8), np.random.default_rng(0)).astype(np.float32)
    tracemalloc.start()
    network = vectors(hebb(patterns), select("cpu", "float32"))
    relax_with(network.step, patterns[:4], 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3e7


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: states.check_unit(np.full((1, 2, 3), 0.9), "patterns"),
            r"patterns: found a vector of length 1.55885 at \(0, 0\), expected unit vectors",
        ),
        (
            lambda: states.check_unit(np.zeros((1, 2, 3)), "patterns"),
            r"found a vector of length 0 ",
        ),
        (lambda: states.check_unit(np.full((1, 2, 3), np.nan), "patterns"), r"length nan"),
        (lambda: states.check_unit(np.zeros((1, 2, 0)), "patterns"), r"found vectors of 0 compon"),
        (
            lambda: states.normalised(np.array([[1.0, 0], [0, 0]]), "starts"),
            r"starts: found a vector of length zero at \(1,\), expected a direction",
        ),
        (lambda: generate(2, 5, 0, [np.random.default_rng(0)]), r"dimension: found 0, expected at"),
    ],
)
def test_faults_are_one_line(call, message):
    with pytest.raises(InputError, match=message) as fault:
        call()
    assert "\n" not in str(fault.value)


def test_a_step_that_remembers_its_batch_is_told_which_rows_go_on():
    """Numbers that shrink until they change by less than the tolerance, each at its own time."""

    class Remembering(Walk):
        def __init__(self, step, factors):
            super().__init__(step)
            self.factors = factors

        def __call__(self, states):
            return states * self.factors[:, None, None]

        def keep(self, rows):
            self.factors = self.factors[rows]

    factors = np.array([0.5, 0.1, 0.9, 0.3])

    class Shrinking(Step):
        def walk(self):
            return Remembering(self, factors)

    step = Shrinking(lambda states: states, tolerance=1e-6)
    states = np.ones((4, 2, 1))
    ended = relax_with(step, states, 500)
    # Of two sites half the mean square change is half the square of one.
    expected = [next(t for t in range(500) if (f**t * (1 - f)) ** 2 / 2 <= 1e-6) for f in factors]
    np.testing.assert_array_equal(ended.steps, expected)
    assert (ended.period == 1).all()
    np.testing.assert_allclose(ended.states[:, 0, 0], factors ** (np.array(expected) + 1.0))
