"""Overlaps, corruption and seeds against their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plmemory.networks.ising.states import corrupt, flips, overlap
from plmemory.seeds import generator


def random_states(rng, *shape):
    return rng.choice(np.array([-1, 1], dtype=np.int8), shape)


def test_overlap_is_the_mean_product():
    # 1000 equal spins: a sum in the spins' own 8 bits would overflow.
    ones = np.ones((2, 1000), dtype=np.int8)
    np.testing.assert_array_equal(overlap(ones, ones), [1, 1])
    np.testing.assert_array_equal(overlap(ones, -ones[:1]), [-1, -1])
    a, b = np.array([1, 1, -1, -1], dtype=np.int8), np.array([1, 1, 1, -1], dtype=np.int8)
    assert overlap(a, b) == 0.5


@given(st.integers(1, 300), st.floats(-1, 1), st.integers(0, 2**32 - 1))
def test_corruption_flips_exactly_the_right_number_of_sites(sites, initial, seed):
    rng = np.random.default_rng(seed)
    states = random_states(rng, 2, 3, sites)
    kept = states.copy()
    corrupted = corrupt(states, initial, rng)
    assert corrupted.dtype == np.int8
    assert set(np.unique(corrupted)) <= {-1, 1}
    assert ((corrupted != states).sum(axis=-1) == round(sites * (1 - initial) / 2)).all()
    np.testing.assert_array_equal(states, kept)
    # The overlap is the one asked for, up to half a flip (one flip changes it by 2 / N).
    assert overlap(corrupted, states) == pytest.approx(initial, abs=1 / sites + 1e-12)


def test_flips_at_the_ends():
    assert [flips(10, initial) for initial in (1, 0.8, 0, -1)] == [0, 1, 5, 10]


def test_corruption_chooses_sites_uniformly_and_independently():
    states = np.ones((20_000, 10), dtype=np.int8)
    flipped = corrupt(states, 0.4, np.random.default_rng(1)) < 0
    # Three of ten sites; a site is flipped with p = 0.3, a pair with 3 * 2 / (10 * 9) = 1 / 15.
    error = np.sqrt(0.3 * 0.7 / len(states))
    np.testing.assert_allclose(flipped.mean(axis=0), 0.3, atol=5 * error)
    pairs = (flipped.T.astype(float) @ flipped / len(states))[np.triu_indices(10, 1)]
    np.testing.assert_allclose(pairs, 1 / 15, atol=5 * np.sqrt(1 / 15 / len(states)))


def test_generators_repeat_and_never_share_a_stream():
    jobs = [("random", 10), ("random", 1, 0), ("random", "10"), ("random1", 0), ()]
    draws = {job: generator(3, *job).random(4).tolist() for job in jobs}
    assert draws["random", 10] == generator(3, "random", 10).random(4).tolist()
    distinct = [draws[job] for job in jobs if job != ("random", "10")]
    assert len({*map(tuple, distinct)}) == len(distinct)
    assert draws["random", 10] != generator(4, "random", 10).random(4).tolist()
