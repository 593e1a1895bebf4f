"""Retrieval maps against the one-step theory and a naive loop, and the crossing they define."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.special import erf

from plmemory.machine.backend import select
from plmemory.measures.critical_overlap import boundaries
from plmemory.measures.nested import nested
from plmemory.measures.retrieval import maps as retrieval
from plmemory.measures.retrieval.maps import retrieval_map
from plmemory.networks.contract import Step
from plmemory.networks.ising.sequential import glauber, sequential
from plmemory.networks.ising.states import corrupt, flips, overlap
from plmemory.networks.ising.synchronous import Synchronous, relax

CPU = select("cpu", "float32")


def random_patterns(seed, *shape):
    return np.random.default_rng(seed).choice(np.array([-1, 1], dtype=np.int8), shape)


def generators(seed, count):
    return [np.random.default_rng([seed, replicate]) for replicate in range(count)]


def without_diagonal(couplings):
    sites = couplings.shape[-1]
    couplings[..., np.arange(sites), np.arange(sites)] = 0
    return couplings


def hebb(patterns):
    return without_diagonal(
        np.einsum("rpi,rpj->rij", patterns, patterns, dtype=float) / patterns.shape[-1]
    )


def pseudo_inverse(patterns):
    return without_diagonal(np.stack([np.linalg.pinv(p.astype(float)) @ p for p in patterns]))


def test_one_step_of_hebb_follows_the_error_function():
    # Odd N and P: with flips of an even number of sites no field vanishes.
    replicates, memories, sites = 12, 31, 301
    patterns = random_patterns(1, replicates, memories, sites)
    initial = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    found = retrieval_map(
        hebb(patterns), patterns, initial, CPU, generators(1, replicates), max_steps=1
    )
    assert found.one_step_overlap.shape == (replicates, len(initial), memories)
    np.testing.assert_array_equal(found.one_step_overlap, found.final_overlap)
    exact = np.array([1 - 2 * flips(sites, m) / sites for m in initial])
    # Signal m0 (N - 1) / N, noise of variance (P - 1) (N - 1) / N^2.
    theory = erf(exact * np.sqrt((sites - 1) / (2 * (memories - 1))))
    means = found.one_step_overlap.mean(axis=2)
    error = means.std(axis=0, ddof=1) / np.sqrt(replicates)
    assert (error < 0.01).all()
    assert (np.abs(means.mean(axis=0) - theory) < 4 * error + 2 / sites).all()


def test_pseudo_inverse_keeps_its_patterns():
    patterns = random_patterns(2, 2, 60, 120)
    found = retrieval_map(
        pseudo_inverse(patterns), patterns, [1.0], CPU, generators(2, 2), max_steps=10
    )
    np.testing.assert_array_equal(found.final_overlap, 1)
    np.testing.assert_array_equal(found.one_step_overlap, 1)


def test_map_is_that_of_states_relaxed_by_hand():
    # The identity dynamics (all couplings zero) gives back the starts: overlaps as asked for.
    patterns = random_patterns(3, 2, 5, 40)
    initial = [0.0, 0.55, 0.9, 1.0]
    still = retrieval_map(
        np.zeros((2, 40, 40)), patterns, initial, CPU, generators(3, 2), max_steps=4
    )
    expected = [1 - 2 * flips(40, m) / 40 for m in initial]
    np.testing.assert_allclose(still.final_overlap.mean(axis=(0, 2)), expected, atol=1e-12)
    assert not still.final_overlap.std(axis=(0, 2)).round(12).any()
    # An odd and an even number of steps around a cycle of two: both parities as in relax.
    mirror = without_diagonal(-np.ones((2, 40, 40)))
    for max_steps in (3, 4):
        found = retrieval_map(mirror, patterns, [1.0], CPU, generators(3, 2), max_steps=max_steps)
        ends = relax(mirror, patterns, CPU, max_steps=max_steps).states
        np.testing.assert_allclose(found.final_overlap[:, 0], overlap(ends, patterns), atol=1e-12)


def test_flipped_sites_are_nested(monkeypatch):
    starts = []

    def recorder(couplings, backend):
        def step(states):
            starts.append(states.copy())
            return states

        return Step(step)

    monkeypatch.setattr(retrieval, "Synchronous", recorder)
    patterns, couplings = random_patterns(4, 1, 6, 50), np.zeros((1, 50, 50))
    initial = [1.0, 0.8, 0.4, 0.4, 0.0]
    retrieval_map(couplings, patterns, initial, CPU, generators(4, 1), max_steps=1)
    (together,) = starts
    flipped = together.reshape(len(initial), *patterns[0].shape) != patterns[0]
    assert [set(sites.sum(axis=1).tolist()) for sites in flipped] == [{0}, {5}, {15}, {15}, {25}]
    for fewer, more in pairwise(flipped):
        assert (more >= fewer).all()
    assert len(np.unique(flipped[1], axis=0)) > 1


def test_subsample_takes_distinct_patterns():
    patterns = random_patterns(5, 2, 30, 50)
    arguments = (pseudo_inverse(patterns), patterns, [0.5, 1.0], CPU)
    found = retrieval_map(*arguments, generators(5, 2), max_steps=6, subsample=7)
    assert found.final_overlap.shape == (2, 2, 7)
    everything = retrieval_map(*arguments, generators(5, 2), max_steps=6, subsample=30)
    assert everything.final_overlap.shape == (2, 2, 30)
    again = retrieval_map(*arguments, generators(5, 2), max_steps=6, subsample=7)
    np.testing.assert_array_equal(found.final_overlap, again.final_overlap)


def found_boundaries(couplings, patterns, seed, **settings):
    steps = [Synchronous(network, CPU) for network in couplings]
    starts = [
        nested(memories, None, rng)
        for memories, rng in zip(patterns, generators(seed, len(patterns)), strict=True)
    ]
    return boundaries(steps, starts, **settings)


@pytest.mark.parametrize("load", [0.1, 0.3])
def test_boundaries_are_where_the_map_crosses(load):
    sites, replicates, tolerance = 300, 3, 0.01
    patterns = random_patterns(6, replicates, int(load * sites), sites)
    couplings = pseudo_inverse(patterns)
    found = found_boundaries(couplings, patterns, 6, max_steps=50, tolerance=tolerance)
    quantities = {
        "critical_overlap": (lambda ends: ends, 0.95),
        "half_overlap": (lambda ends: ends > 0.95, 0.5),
    }
    for name, (quantity, level) in quantities.items():
        crossing = getattr(found, name)
        assert crossing.shape == (replicates,)
        # The same generators give the same orders of flipping, so the same curve.
        for replicate in range(replicates):
            part = slice(replicate, replicate + 1)
            ends = retrieval_map(
                couplings[part],
                patterns[part],
                crossing[replicate] + np.array([-2, 2]) * tolerance,
                CPU,
                generators(6, replicates)[part],
                max_steps=50,
            ).final_overlap
            low, high = quantity(ends).mean(axis=(0, 2))
            assert low < level < high
    assert (found.half_overlap < found.critical_overlap).all()  # most starts must come home


def test_boundaries_at_their_ends():
    patterns = random_patterns(7, 1, 60, 100)
    overloaded = found_boundaries(hebb(patterns), patterns, 7, max_steps=20)
    assert np.isnan(overloaded).all()
    # With a target below what the random starts give, the crossing is at overlap 0.
    one = random_patterns(8, 1, 1, 101)
    always = found_boundaries(hebb(one), one, 8, max_steps=20, target=-1.5)
    np.testing.assert_array_equal(always, 0)
    # One pattern attracts all that is not orthogonal to it: the crossing is within a flip of 0.
    single = found_boundaries(hebb(one), one, 8, max_steps=20, tolerance=1e-9)
    assert ((np.array(single) >= 0) & (np.array(single) <= 4 / 101)).all()


def test_half_of_the_starts_come_home_from_the_boundary_of_sequential_updates():
    """Judged by the heat bath at zero temperature, in other random orders."""
    sites, replicates = 300, 4
    patterns = random_patterns(9, replicates, 90, sites)
    couplings = pseudo_inverse(patterns)
    rngs = generators(9, replicates)
    starts = [nested(memories, None, rng) for memories, rng in zip(patterns, rngs, strict=True)]
    steps = [sequential(network, rng) for network, rng in zip(couplings, rngs, strict=True)]
    found = boundaries(steps, starts, max_steps=50, cycles=False).half_overlap
    for around, home in ((-0.04, np.less), (0.04, np.greater)):
        begun = np.stack(
            [
                corrupt(memories, half + around, rng)
                for memories, half, rng in zip(patterns, found, rngs, strict=True)
            ]
        )
        ends = glauber(couplings, begun, rngs, temperature=0.0, sweeps=50, order="sequential")
        retrieved = (overlap(ends, patterns) > 0.95).mean(axis=1)
        assert home(retrieved, 0.5).all()
