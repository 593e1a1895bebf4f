"""Every measure against its numbers recomputed by naive loops from couplings and patterns."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from unit import small_jobs as naive
from unit.small_jobs import LAMBDA, PATTERNS, REPLICATES, SITES, drawn, pooled

from plmemory.errors import InputError
from plmemory.machine.backend import select
from plmemory.measures.critical_overlap import boundaries
from plmemory.measures.examples.measure import measure as examples
from plmemory.measures.nested import nested
from plmemory.measures.recall.measure import measure as recall
from plmemory.measures.retrieval.measure import measure as retrieval
from plmemory.measures.steps.about import ABOUT
from plmemory.measures.steps.measure import measure as steps
from plmemory.measures.storage.measure import measure as storage
from plmemory.networks.ising.sequential import sequential
from plmemory.networks.ising.states import corrupt, spins
from plmemory.seeds import generator

CPU = select("cpu")
STORAGE = {"max_steps": 6, "patterns": 3, "target": 0.8, "stability_range": (-1.0, 3.0)}
STORAGE |= {"stability_bins": 7, "sequential": False}


def stabilities(couplings, patterns):
    """(P, N) of one replicate."""
    fields = np.array([[row @ pattern for row in couplings] for pattern in patterns])
    norms = np.array([math.sqrt(sum(j * j for j in row)) for row in couplings])
    return patterns * fields / norms


def orders_of_flipping(shape, rng):
    """For each pattern its sites in the order in which they are flipped."""
    return rng.random(shape, dtype=np.float32).argsort(axis=1)


def flipped(pattern, order, count):
    state = pattern.copy()
    state[order[:count]] *= -1
    return state


@pytest.mark.parametrize("make", [drawn, pooled])
def test_storage_measures_stabilities_and_where_states_end(make):
    made = make(1)
    found = storage(made.job, CPU, **STORAGE)
    edges = np.linspace(-1, 3, 8)
    np.testing.assert_allclose(found["stability"].values, (edges[1:] + edges[:-1]) / 2)
    for r in range(REPLICATES):
        couplings, patterns = made.couplings[r], made.patterns[r]
        delta = stabilities(couplings, patterns)
        rng = generator(3, "storage", "toy", "P00005", r)
        random = [naive.history(couplings, state, 6) for state in spins((3, SITES), rng)]
        fates = [naive.period(states) for states in random]
        ends = [naive.history(couplings, pattern, 6)[-1] for pattern in patterns[:3]]
        expected = {
            "mean_stability": delta.mean(),
            "std_stability": math.sqrt(np.mean([column.var() for column in delta.T])),
            "min_stability": delta.min(),
            "fixed_point_fraction": np.mean([(row > 0).all() for row in delta]),
            "stable_site_fraction": (delta > 0).mean(),
            "final_overlap": np.mean(
                [naive.overlap(*pair) for pair in zip(ends, patterns[:3], strict=True)]
            ),
            "asymmetry": np.linalg.norm(couplings - couplings.T)
            / np.linalg.norm(couplings + couplings.T),
            "random_fixed_fraction": np.mean([length == 1 for length, _ in fates]),
            "random_cycle_fraction": np.mean([length > 1 for length, _ in fates]),
            "random_unsettled_fraction": np.mean([length == 0 for length, _ in fates]),
            "random_steps": np.mean([time for _, time in fates]),
        }
        for name, value in expected.items():
            assert found[name].dims == ("replicate",)
            assert found[name].values[r] == pytest.approx(value, rel=1e-6), name
        inside = [[low <= d < high for d in delta.ravel()] for low, high in pairwise(edges)]
        density = np.sum(inside, axis=1) / delta.size / np.diff(edges)
        np.testing.assert_allclose(found["stability_density"].values[r], density)


def test_a_stability_of_zero_is_not_stable():
    """Where the two inputs of a site cancel: its field vanishes exactly, up to no rounding."""
    made = drawn(1)
    couplings = np.zeros((SITES, SITES))
    couplings[0, [1, 2]] = 0.5
    couplings[1:, 0] = 0.25
    made.patterns[:, 0, :] = made.job.dataset["train"].values[:, 0, :] = 1
    made.patterns[:, 1, :] = made.job.dataset["train"].values[:, 1, :] = 1
    made.patterns[:, 1, 2] = made.job.dataset["train"].values[:, 1, 2] = -1
    made.job.model["couplings"] = (("replicate", "site", "source"), np.stack([couplings] * 2))
    found = storage(made.job, CPU, **STORAGE)
    for r in range(REPLICATES):
        aligned = made.patterns[r] * (made.patterns[r] @ couplings.T)
        assert (aligned[0] > 0).all()
        assert (aligned[1, 0], aligned[1, 1]) == (0, 0.25)
        assert found["stable_site_fraction"].values[r] == pytest.approx((aligned > 0).mean())
        strict = np.mean([all(value > 0 for value in row) for row in aligned])
        assert found["fixed_point_fraction"].values[r] == strict


def crossing(curve, level):
    """The initial overlap where a curve (number of flipped sites) falls to a level, once only."""
    last = max(count for count, value in enumerate(curve) if value > level)
    assert all(value > level for value in curve[:last])
    assert last < SITES // 2
    place = last + (curve[last] - level) / (curve[last] - curve[last + 1])
    return 1 - 2 * place / SITES


def test_the_boundaries_of_storage_are_where_mean_and_half_of_the_starts_cross_the_target():
    made = drawn(6, noise=0.03)
    found = storage(made.job, CPU, **STORAGE)
    for r in range(REPLICATES):
        couplings, patterns = made.couplings[r], made.patterns[r]
        rng = generator(3, "storage", "toy", "P00005", r)
        spins((3, SITES), rng)  # the random states are drawn before
        chosen = patterns[np.sort(rng.choice(PATTERNS, 3, replace=False))]
        orders = orders_of_flipping(chosen.shape, rng)
        ends = np.array(
            [
                [
                    naive.overlap(naive.history(couplings, flipped(p, order, count), 6)[-1], p)
                    for p, order in zip(chosen, orders, strict=True)
                ]
                for count in range(SITES // 2 + 1)
            ]
        )
        mean = crossing(ends.mean(axis=1), 0.8)
        assert found["critical_overlap"].values[r] == pytest.approx(mean)
        half = crossing((ends > 0.8).mean(axis=1), 0.5)
        assert found["half_overlap"].values[r] == pytest.approx(half)


def test_the_boundary_of_sequential_updates_is_from_the_same_starts():
    made = drawn(5, noise=0.03)
    without = storage(made.job, CPU, **STORAGE)
    found = storage(made.job, CPU, **STORAGE | {"sequential": True})
    for name in without.variables:
        np.testing.assert_array_equal(found[name].values, without[name].values)
    for r in range(REPLICATES):
        rng = generator(3, "storage", "toy", "P00005", r)
        spins((3, SITES), rng)
        starts = nested(made.patterns[r], 3, rng)
        sweeps = sequential(made.couplings[r], generator(3, "sequential", "toy", "P00005", r))
        own = boundaries([sweeps], [starts], max_steps=6, target=0.8, cycles=False)
        assert found["half_overlap_sequential"].values[r] == own.half_overlap.item()


def test_retrieval_follows_patterns_from_every_initial_overlap():
    made = pooled(2)
    initial = [0.0, 1 / 3, 0.5, 1.0]
    found = retrieval(made.job, CPU, max_steps=4, initial_overlaps=initial, patterns=3)
    for name in ("final_overlap", "one_step_overlap"):
        assert found[name].dims == ("replicate", "initial_overlap", "pattern")
        assert found[name].values.shape == (REPLICATES, 4, 3)
    np.testing.assert_array_equal(found["initial_overlap"].values, initial)
    every = []
    for r in range(REPLICATES):
        couplings, patterns = made.couplings[r], made.patterns[r]
        every.append(stabilities(couplings, patterns))
        rng = generator(3, "retrieval", "toy", "P00005", r)
        chosen = patterns[np.sort(rng.choice(PATTERNS, 3, replace=False))]
        orders = orders_of_flipping(chosen.shape, rng)
        for m, count in enumerate((6, 4, 3, 0)):
            for p, pattern in enumerate(chosen):
                start = flipped(pattern, orders[p], count)
                _, first, *_, last = naive.history(couplings, start, 4)
                one = found["one_step_overlap"].values[r, m, p]
                assert one == pytest.approx(naive.overlap(first, pattern))
                final = found["final_overlap"].values[r, m, p]
                assert final == pytest.approx(naive.overlap(last, pattern))
    # E[erf(m0 Delta / sqrt(2 (1 - m0^2)))], at m0 = 1 the mean sign.
    every = np.array(every).ravel()
    theory = [
        np.mean([math.erf(m0 * d / math.sqrt(2 * (1 - m0**2))) for d in every])
        for m0 in initial[:-1]
    ]
    theory.append(np.sign(every).mean())
    np.testing.assert_allclose(found["one_step_from_stabilities"].values, theory, rtol=1e-6)


@pytest.mark.parametrize("order", ["sequential", "synchronous"])
def test_recall_draws_spins_by_their_fields_in_units_of_the_norm_of_a_row(order):
    made = pooled(3)
    temperatures = [0.0, 0.6, 3.0]
    settings = {"order": order, "sweeps": 3, "initial_overlap": 0.5, "patterns": 2}
    found = recall(made.job, CPU, temperatures=temperatures, **settings)
    assert found["overlap"].dims == ("replicate", "temperature", "pattern")
    norms = np.linalg.norm(made.couplings, axis=2)
    for r in range(REPLICATES):
        rows = made.couplings[r] / norms[r][:, None]
        rng = generator(3, "recall", "toy", "P00005", r)
        near = corrupt(made.patterns[r, :2], 0.5, rng)
        states = [state.copy() for _ in temperatures for state in near]
        scale = np.repeat(temperatures, 2)[:, None] / 2
        for _ in range(3):
            # P(s_i) = 1 / (1 + exp(-2 s_i h_i / T)): flipped where logistic noise is above s_i h_i.
            noise = rng.logistic(scale=scale, size=(6, SITES))
            sites = rng.permutation(SITES) if order == "sequential" else range(SITES)
            for state, thresholds in zip(states, noise, strict=True):
                before = state.copy()
                for i in sites:
                    field = rows[i] @ (state if order == "sequential" else before)
                    if state[i] * field < thresholds[i]:
                        state[i] *= -1
        expected = [
            [naive.overlap(states[2 * t + p], made.patterns[r, p]) for p in range(2)]
            for t in range(3)
        ]
        np.testing.assert_allclose(found["overlap"].values[r], expected)
    assert found.attrs["own_temperature"] == pytest.approx(1 / (LAMBDA * norms.mean()))
    assert found["temperature"].values.tolist() == temperatures


def labelled(made):
    """Labels that tell every example from every other."""
    made.dataset["train_label"] = (("pattern",), np.arange(len(made.dataset["train"].values)))
    made.dataset["test_label"] = (("test_pattern",), 100 + np.arange(len(made.test)))
    return made


def test_examples_are_corrupted_and_retrieved_copies_of_what_their_labels_say():
    made = labelled(pooled(4))
    found = examples(made.job, CPU, number=3, initial_overlap=2 / 3, max_steps=4)
    assert found["state"].dims == ("set", "stage", "example", "site")
    assert found["set"].values.tolist() == ["train", "test"]
    assert found["stage"].values.tolist() == ["original", "corrupted", "retrieved"]
    assert found.attrs["image_shape"] == [3, 4]
    (seen, unseen), labels = found["state"].values, found["label"].values
    assert set(labels[0]) <= set(made.places[0])
    assert len(set(labels[0])) == len(set(labels[1])) == 3
    np.testing.assert_array_equal(seen[0], made.dataset["train"].values[labels[0]])
    np.testing.assert_array_equal(unseen[0], made.test[labels[1] - 100])
    for original, corrupted, retrieved in (seen, unseen):
        for k in range(3):
            assert naive.overlap(corrupted[k], original[k]) == pytest.approx(2 / 3)
            end = naive.history(made.couplings[0], corrupted[k], 4)[-1]
            np.testing.assert_array_equal(retrieved[k], end)
    again = examples(made.job, CPU, number=3, initial_overlap=2 / 3, max_steps=4)
    np.testing.assert_array_equal(again["state"].values, found["state"].values)


def test_unseen_examples_of_the_published_draw_are_the_next_of_its_order():
    made = labelled(pooled(4))
    order = np.r_[made.places[0], np.setdiff1d(np.arange(30), made.places[0])]
    made.dataset["published_order"] = ("pattern", order)
    made.job.model.attrs["patterns"] = 5
    found = examples(made.job, CPU, number=3, initial_overlap=1.0, max_steps=2)
    labels = found["label"].values[1]
    assert set(labels) <= set(order[5:14])
    np.testing.assert_array_equal(found["state"].values[1, 0], made.dataset["train"].values[labels])


def test_examples_without_labels_are_marked_by_minus_one():
    found = examples(pooled(4).job, CPU, number=2, initial_overlap=0.5, max_steps=2)
    assert (found["label"].values == -1).all()


def test_all_rules_meet_the_same_corrupted_patterns_and_every_load_others():
    made = pooled(6)
    measures = {
        storage: STORAGE,
        retrieval: {"max_steps": 4, "initial_overlaps": [0.2, 0.5], "patterns": 3},
        recall: {"temperatures": [0.4], "order": "sequential", "sweeps": 2, "patterns": 3}
        | {"initial_overlap": 0.5},
    }
    dataset, model = made.dataset, made.job.model
    for measure, settings in measures.items():
        one, other = (
            measure(naive.job_of(model, dataset, rule), CPU, **settings) for rule in ("pl", "hebb")
        )
        for name, variable in one.variables.items():
            np.testing.assert_array_equal(other[name].values, variable.values)
        load = measure(replace(made.job, patterns="P00006"), CPU, **settings)
        assert any((load[name].values != one[name].values).any() for name in one.variables)


@pytest.mark.parametrize("make", [drawn, pooled])
def test_steps_are_looked_at_one_by_one(make):
    made = make(4)
    settings = {"steps": 3, "max_steps": 8, "initial_overlaps": [0.3, 0.7], "starts": 8}
    found = steps(made.job, CPU, **settings)
    reached = [1 - 2 * 4 / SITES, 1 - 2 * 2 / SITES]  # of twelve sites a whole number is flipped
    assert found["initial_overlap"].values == pytest.approx(reached)
    for r in range(REPLICATES):
        couplings, patterns = made.couplings[r], np.resize(made.patterns[r], (8, SITES))
        rng = generator(3, "steps", "toy", "P00005", r)
        for place, m0 in enumerate(reached):
            paths = [naive.history(couplings, s, 8) for s in corrupt(patterns, m0, rng)]
            overlaps = np.array(
                [
                    [naive.overlap(s, p) for s in path]
                    for path, p in zip(paths, patterns, strict=True)
                ]
            )
            measured = found["overlap"].values[r, :, place]
            np.testing.assert_allclose(measured, overlaps[:, 1:4].T, atol=1e-12)
            ends = found["final_overlap"].values[r, place]
            np.testing.assert_allclose(ends, overlaps[:, 8], atol=1e-12)
        for place, before in enumerate(reached):
            for step in range(3):
                wrong = rng.random(patterns.shape, dtype=np.float32) < (1 - before) / 2
                begun = np.where(wrong, -patterns, patterns)
                ends = [naive.history(couplings, state, 1)[1] for state in begun]
                pairs = zip(ends, patterns, strict=True)
                before = np.mean([naive.overlap(*pair) for pair in pairs])
                assert found["iterated_overlap"].values[r, step, place] == pytest.approx(before)


def test_the_longest_history_goes_beyond_the_steps():
    with pytest.raises(InputError, match="max_steps: found 2, expected more than the 3 steps"):
        ABOUT.check({"steps": 3, "max_steps": 2})
