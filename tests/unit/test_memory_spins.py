"""Memories of all spin types by the functions themselves, by plain loops, by all states."""

import itertools

import numpy as np
import pytest

from plmemory import InputError, Memory
from plmemory.learning.potts_optimum.learn import learn as learn_potts
from plmemory.learning.vector_pseudo_likelihood.learn import learn as learn_vectors
from plmemory.machine.backend import select
from plmemory.networks.ising.states import corrupt
from plmemory.networks.vectors.couplings import Factors, dense
from plmemory.seeds import generator

RNG = np.random.default_rng(5)
SPINS = RNG.choice([-1, 1], size=(4, 60))
COLOURS = RNG.integers(0, 4, size=(6, 20))
VECTORS = RNG.normal(size=(3, 25, 3))
VECTORS /= np.linalg.norm(VECTORS, axis=-1, keepdims=True)
DESCENT = {"inverse_temperature": 0.5, "learning_rate": 3.0, "epochs": 40}


@pytest.fixture(scope="module")
def potts():
    return Memory("potts_optimum", penalty=0.05, dtype="float64").fit(COLOURS)


@pytest.fixture(scope="module")
def vectors():
    return Memory("vector_pseudo_likelihood", dtype="float64", **DESCENT).fit(VECTORS)


def test_couplings_of_colours_are_those_of_the_rule(potts):
    learned = learn_potts(
        COLOURS[None],
        select("cpu", "float64"),
        states=4,
        penalty=0.05,
        symmetric=False,
        tolerance=2e-2,
        max_iterations=500,
    )
    np.testing.assert_array_equal(potts.couplings_, learned.couplings[0])
    np.testing.assert_array_equal(potts.fields_, learned.fields[0])
    assert potts.diagnostics_["objective"] == learned.diagnostics["objective"][0]
    assert potts.converged_
    assert potts.n_features_in_ == 20


def test_recall_of_colours_takes_the_largest_field(potts):
    starts = RNG.integers(0, 4, size=(9, 20))
    fields = np.tile(potts.fields_, (9, 1, 1))
    for s, i in itertools.product(range(9), range(20)):
        for j in range(20):
            fields[s, i] += potts.couplings_[i, :, j, starts[s, j]]
    np.testing.assert_array_equal(potts.recall(starts, max_steps=1), fields.argmax(axis=-1))


def test_how_many_colours_there_are_can_be_told():
    few = COLOURS % 3
    told = Memory("potts", states=5, epochs=3).fit(few)
    assert told.fields_.shape == (20, 5)
    assert Memory("potts", epochs=3).fit(few).fields_.shape == (20, 3)
    told.recall(few + 2)
    with pytest.raises(InputError, match=r"^states: found 5 at \(\d, \d+\), expected .* 0 to 4"):
        told.recall(few + 3)
    with pytest.raises(InputError, match=r"^X: found 3 at .*, expected colours, whole numbers 0 "):
        Memory("potts", states=3).fit(COLOURS)
    with pytest.raises(InputError, match=r"^X: found 0.5 at \(0, 1\), expected colours"):
        Memory("potts").fit([[0, 0.5]])


def test_weights_of_colours_are_asked_for_where_they_are_needed():
    memory = Memory("potts_optimum", reweighted=True, tolerance=1e-6, dtype="float64")
    with pytest.raises(InputError, match=r"^sample_weight: found none, expected 6, one a pattern"):
        memory.fit(COLOURS)
    weighted = memory.fit(COLOURS, sample_weight=[2, 1, 1, 1, 1, 1]).couplings_
    twice = memory.fit(np.concatenate([COLOURS[:1], COLOURS]), sample_weight=[1] * 7).couplings_
    once = memory.fit(COLOURS, sample_weight=[1] * 6).couplings_
    np.testing.assert_allclose(weighted, twice, atol=1e-4)
    assert np.abs(weighted - once).max() > 1e-2
    with pytest.raises(InputError, match=r"^sample_weight: found some, expected none for"):
        Memory("potts_optimum").fit(COLOURS, sample_weight=[1] * 6)


def test_vectors_are_learnt_by_the_rule_and_turn_into_their_fields(vectors):
    learned = learn_vectors(VECTORS[None], select("cpu", "float64"), **DESCENT)
    np.testing.assert_array_equal(vectors.left_, learned.left[0])
    np.testing.assert_array_equal(vectors.history_["loss"], learned.history["loss"][:, 0])
    starts = RNG.normal(size=(4, 25, 3))
    starts /= np.linalg.norm(starts, axis=-1, keepdims=True)
    fields = np.einsum("iajb,sjb->sia", dense(Factors(vectors.left_, vectors.right_)), starts)
    expected = fields / np.linalg.norm(fields, axis=-1, keepdims=True)
    np.testing.assert_allclose(vectors.recall(starts, max_steps=1), expected, atol=1e-12)


def test_vectors_that_are_none_are_one_line(vectors):
    with pytest.raises(InputError, match=r"^X: found a vector of length 2 at \(0, 0\), expected"):
        vectors.fit(2 * VECTORS)
    with pytest.raises(InputError, match=r"^X: found the shape \(3, 25\), expected \(pattern, si"):
        vectors.fit(VECTORS[..., 0])
    with pytest.raises(InputError, match=r"^states: found 2 components, expected 3"):
        vectors.recall(VECTORS[..., :2])


@pytest.mark.parametrize(("name", "patterns"), [("potts", COLOURS), ("vectors", VECTORS)])
def test_every_type_keeps_its_patterns_and_finds_them_again(name, patterns, request):
    memory = request.getfixturevalue(name)
    assert memory.score(patterns) > 0.999
    near = memory.corrupt(patterns, 0.8, random_state=3)
    assert near.shape == patterns.shape
    assert np.abs(memory.recall(near) - patterns).mean() < np.abs(near - patterns).mean()
    begun, final = memory.retrieval_map(patterns, [0.2, 1.0])
    assert begun.shape == final.shape == (2, len(patterns))
    np.testing.assert_allclose(begun[1], 1, atol=1e-6)
    np.testing.assert_allclose(final[1].mean(), memory.score(patterns), atol=1e-6)
    assert (memory.recall(patterns, order="sequential", max_steps=3) - patterns).max() < 0.05


def test_the_retrieval_map_is_that_of_runs_one_by_one():
    memory = Memory("hebb", random_state=7).fit(SPINS)
    begun, final = memory.retrieval_map(SPINS, [0.0, 0.3, 1.0], max_steps=3)
    rng = generator(7, "retrieval")
    for row, overlap in enumerate([0.0, 0.3, 1.0]):
        starts = corrupt(SPINS, overlap, rng)
        ends = memory.recall(starts, max_steps=3)
        np.testing.assert_allclose(begun[row], (starts * SPINS).mean(axis=1))
        np.testing.assert_allclose(final[row], (ends * SPINS).mean(axis=1))
    np.testing.assert_allclose(begun[1], 0.3)
    other = memory.retrieval_map(SPINS, [0.0, 0.3, 1.0], max_steps=3, random_state=8)
    assert (other.final_overlap != final).any()


def test_the_attractors_of_all_states_are_all_attractors():
    memory = Memory("hebb").fit(SPINS[:3, :9])  # an odd number: no field of zero
    states = np.array(list(itertools.product([-1, 1], repeat=9)))
    fields = states @ (SPINS[:3, :9].T @ SPINS[:3, :9] - 3 * np.eye(9, dtype=int))
    after = {
        tuple(s): tuple(np.where(h == 0, s, np.sign(h)))
        for s, h in zip(states, fields, strict=True)
    }
    fixed = {state for state, next_one in after.items() if next_one == state}
    pairs = {s for s in after if s not in fixed and after[after[s]] == s}
    found = memory.attractors(states, random_starts=0).catalogue
    assert {tuple(s) for s in found.state[found.period == 1].tolist()} == fixed
    assert set(found.period.tolist()) <= {1, 2}
    assert 2 * (found.period == 2).sum() == len(pairs)
    assert found.starts.sum() == len(states)
    assert fixed


def test_attractors_of_colours_are_fixed_points_with_their_numbers_of_starts(potts):
    found = potts.attractors(COLOURS, random_starts=30)
    assert found.kinds == ("given", "random")
    assert found.catalogue.starts.sum(axis=1).tolist() == [6, 30]
    still = found.catalogue.state[found.catalogue.period == 1]
    np.testing.assert_array_equal(potts.recall(still, max_steps=1), still)
    again = potts.attractors(COLOURS, random_starts=30)
    np.testing.assert_array_equal(again.final, found.final)


def test_what_a_type_of_spins_does_not_have_is_one_line(vectors, potts):
    with pytest.raises(InputError, match=r"^attractors: found vectors, expected spins of finite"):
        vectors.attractors(VECTORS)
    with pytest.raises(InputError, match=r"^stabilities: found potts, for which"):
        potts.stabilities(COLOURS)
    with pytest.raises(InputError, match=r"^initial_overlaps: found \[1.5\], expected in each "):
        potts.retrieval_map(COLOURS, [1.5])
    with pytest.raises(InputError, match=r"^random_starts: found -1, expected at least 0"):
        potts.attractors(COLOURS, random_starts=-1)
    with pytest.raises(InputError, match=r"^initial_overlap: found 2"):
        potts.corrupt(COLOURS, 2)


def test_without_a_seed_every_draw_is_another():
    memory = Memory("hebb", random_state=None).fit(SPINS)
    one, other = (memory.corrupt(SPINS, 0.0) for _ in range(2))
    assert (one != other).any()
    drawn = (memory.corrupt(SPINS, 0.0, random_state=3) for _ in range(2))
    np.testing.assert_array_equal(*drawn)
