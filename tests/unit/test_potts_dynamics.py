"""Dynamics of Potts networks against naive sums, and Ising as q = 2."""

import numpy as np
import pytest
from unit.potts_problems import from_ising, from_ising_couplings, random_problem

from plmemory.files.labelled import Dataset
from plmemory.learning.potts import learn as potts
from plmemory.machine.backend import select
from plmemory.networks.ising.network import ising
from plmemory.networks.ising.sequential import sequential
from plmemory.networks.ising.synchronous import Synchronous
from plmemory.networks.potts import network as potts_dynamics
from plmemory.networks.potts.states import identity
from plmemory.networks.relax import relax_with

DOUBLE = select("cpu", "float64")


def test_two_colours_move_like_ising_spins_zero_fields_included():
    rng = np.random.default_rng(8)
    J = rng.integers(-2, 3, size=(12, 12)).astype(float)  # small integers: many zero fields
    np.fill_diagonal(J, 0)
    states = rng.choice(np.array([-1, 1], np.int8), size=(200, 12))
    assert (states @ J.T == 0).mean() > 0.05
    potts_couplings, no_fields = from_ising_couplings(J), np.zeros((12, 2))
    expected = relax_with(Synchronous(J, DOUBLE), states, 20)
    step = potts_dynamics.synchronous(potts_couplings, no_fields)
    found = relax_with(step, from_ising(states), 20)
    np.testing.assert_array_equal(found.states, from_ising(expected.states))
    np.testing.assert_array_equal(found.steps, expected.steps)
    np.testing.assert_array_equal(found.period, expected.period)
    assert len(np.unique(found.period)) > 1
    sweep = sequential(J, np.random.default_rng(1))
    same = potts_dynamics.sequential(potts_couplings, no_fields, np.random.default_rng(1))
    coded = from_ising(states)
    for _ in range(3):
        states, coded = sweep(states), same(coded)
        np.testing.assert_array_equal(coded, from_ising(states))


def test_a_step_takes_the_largest_field_and_keeps_ties():
    rng = np.random.default_rng(9)
    sequences, _, couplings, fields = random_problem(rng)
    h = np.einsum("iajb,sjb->sia", couplings, np.eye(5)[sequences]) + fields
    new = potts_dynamics.synchronous(couplings, fields)(sequences)
    np.testing.assert_array_equal(new, h.argmax(axis=2))
    tied = np.tile([0.0, 1.0, 0.0, 1.0, 0.0], (6, 1))
    for kind in (
        potts_dynamics.synchronous,
        lambda J, b: potts_dynamics.sequential(J, b, np.random.default_rng(1)),
    ):
        still = kind(0 * couplings, 0 * fields)(sequences)
        np.testing.assert_array_equal(still, sequences)
        moved = kind(0 * couplings, tied)(sequences)
        np.testing.assert_array_equal(moved, np.where(sequences == 3, 3, 1))


def test_a_sweep_of_colours_is_the_naive_sweep():
    rng = np.random.default_rng(12)
    sequences, _, couplings, fields = random_problem(rng)
    expected = sequences.copy()
    for site in np.random.default_rng(3).permutation(6):
        h = np.einsum("ajb,sjb->sa", couplings[site], np.eye(5)[expected]) + fields[site]
        expected[:, site] = h.argmax(axis=1)
    found = potts_dynamics.sequential(couplings, fields, np.random.default_rng(3))(sequences)
    np.testing.assert_array_equal(found, expected)
    assert (found != potts_dynamics.synchronous(couplings, fields)(sequences)).any()


def test_the_network_of_two_colours_measures_as_the_ising_one():
    rng = np.random.default_rng(10)
    J = rng.normal(size=(9, 9))
    np.fill_diagonal(J, 0)
    states = rng.choice(np.array([-1, 1], np.int8), size=(20, 9))
    ising_spins = ising(J, DOUBLE)
    network = potts_dynamics.potts(from_ising_couplings(J), np.zeros((9, 2)))
    coded = from_ising(states)
    for expected, found in zip(ising_spins.measure(states), network.measure(coded), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    np.testing.assert_allclose(
        network.overlap(coded, coded[::-1]), ising_spins.overlap(states, states[::-1]), atol=1e-12
    )
    # Colours have fields in general: they tell a state from its negative, Ising spins do not.
    both = from_ising(np.concatenate([states[:3], -states[:3]]))
    np.testing.assert_allclose(
        network.nearest(coded, both), ising_spins.nearest(states, states[:3]), atol=1e-7
    )


def test_a_site_without_couplings_has_no_stability():
    """As with Ising spins: zero, though its field is not."""
    couplings, fields = np.zeros((3, 4, 3, 4)), np.zeros((3, 4))
    couplings[0, 1, 1, 2] = couplings[1, 2, 0, 1] = 2.0
    fields[2, 3] = 1.0
    states = np.array([[1, 2, 3]], dtype=np.int8)  # the ground state
    energies, stabilities = potts_dynamics.potts(couplings, fields).measure(states)
    assert energies[0] == pytest.approx(-(2 + 2 + 2 * 1.0) / 2 / 3)
    assert stabilities[0] == 0


def test_training_sequences_become_fixed_points():
    rng = np.random.default_rng(11)
    patterns = rng.integers(0, 21, size=(15, 30)).astype(np.int8)
    learned = potts.learn(
        patterns[None],
        select("cpu"),
        [rng],
        states=21,
        inverse_temperature=1.0,
        learning_rate=100.0,
        epochs=100,
        symmetric=False,
    )
    step = potts_dynamics.synchronous(learned.couplings[0], learned.fields[0])
    relaxed = relax_with(step, patterns, 10)
    np.testing.assert_array_equal(relaxed.states, patterns)
    assert (relaxed.period == 1).all()
    noisy = patterns.copy()
    noisy[..., :6] = rng.integers(0, 21, size=noisy[..., :6].shape)
    cleaned = relax_with(step, noisy, 10).states
    assert identity(cleaned, patterns).mean() > 0.95 > identity(noisy, patterns).mean()


def test_a_network_is_made_from_one_replicate_of_a_model():
    rng = np.random.default_rng(13)
    problems = [random_problem(rng) for _ in range(2)]
    couplings, fields = (np.stack([problem[place] for problem in problems]) for place in (2, 3))
    axes = ("replicate", "site", "colour")
    model = Dataset(
        {
            "couplings": ((*axes, "source", "source_colour"), couplings),
            "fields": (axes, fields),
        }
    )
    states = problems[0][0]
    for replicate in range(2):
        made = potts_dynamics.network(model, replicate, DOUBLE)
        direct = potts_dynamics.synchronous(couplings[replicate], fields[replicate])
        np.testing.assert_array_equal(made.step(states), direct(states))
        one, two = (np.random.default_rng(7) for _ in range(2))
        swept = potts_dynamics.sequential(couplings[replicate], fields[replicate], two)
        np.testing.assert_array_equal(made.sweep(one)(states), swept(states))
    assert (
        potts_dynamics.network(model, 0, DOUBLE).step(states)
        != potts_dynamics.network(model, 1, DOUBLE).step(states)
    ).any()


def test_random_and_corrupted_colours_of_a_network():
    sites, q, count = 50, 5, 400
    network = potts_dynamics.potts(np.zeros((sites, q, sites, q)), np.zeros((sites, q)))
    rng = np.random.default_rng(14)
    states = network.random(count, rng)
    assert (states.shape, states.dtype) == ((count, sites), np.int8)
    share = np.bincount(states.ravel(), minlength=q) / states.size
    np.testing.assert_allclose(share, 1 / q, atol=5 * np.sqrt(0.2 * 0.8 / states.size))
    near = network.corrupt(states, 0.5, rng)
    # Of 50 sites 20 change colour: 1 - 20 / 50 = 0.6 of them are equal, rescaled 0.5.
    np.testing.assert_allclose(network.overlap(near, states), 0.5, atol=1e-12)
    shift = (near.astype(int) - states) % q
    moved = np.bincount(shift.ravel(), minlength=q)[1:] / (count * 20)
    np.testing.assert_allclose(moved, 1 / 4, atol=5 * np.sqrt(0.25 * 0.75 / (count * 20)))
    where = (shift > 0).mean(axis=0)
    np.testing.assert_allclose(where, 0.4, atol=5 * np.sqrt(0.4 * 0.6 / count))
