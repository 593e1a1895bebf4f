"""Completion of corrupted examples as a measure, against naive loops; spins and colours."""

import numpy as np
import pytest
from unit import small_jobs as naive
from unit.small_jobs import PATTERNS, REPLICATES, TESTS, pooled

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import select
from plmemory.measures.completion.measure import measure
from plmemory.measures.nested import choose
from plmemory.networks.ising.states import corrupt
from plmemory.networks.potts import states as colours
from plmemory.seeds import generator

CPU = select("cpu")
OVERLAPS = [0.5, 0.0, 1.0]


def test_every_start_ends_where_the_naive_dynamics_ends():
    made = pooled(21)
    found = measure(made.job, CPU, max_steps=4, initial_overlaps=OVERLAPS, starts=4)
    assert found["initial_overlap"].values.tolist() == OVERLAPS
    axes = ("replicate", "initial_overlap", "test_start")
    assert found["test_kept"].dims == axes
    shape = (REPLICATES, 3, 4)
    kept = {kind: np.empty(shape) for kind in ("train", "test")}
    for r in range(REPLICATES):
        rng = generator(3, "completion", "toy", "P00005", r)
        # The order of the draws: unseen examples, then training ones and their corruptions.
        unseen = choose(made.test, 4, rng)
        for kind, examples in (("train", choose(made.patterns[r], 4, rng)), ("test", unseen)):
            for place, overlap in enumerate(OVERLAPS):
                for k, state in enumerate(corrupt(examples, overlap, rng)):
                    end = naive.history(made.couplings[r], state, 4)[-1]
                    expected = {
                        "begun": naive.overlap(state, examples[k]),
                        "kept": naive.overlap(end, examples[k]),
                        "nearest_train": naive.nearest(end, made.patterns[r]),
                    }
                    kept[kind][r, place, k] = expected["kept"]
                    for name, value in expected.items():
                        assert found[f"{kind}_{name}"].values[r, place, k] == pytest.approx(value)
        majority = [1 if sum(site.tolist()) > 0 else -1 for site in made.patterns[r].T]
        np.testing.assert_allclose(
            found["test_example_nearest_train"].values[r],
            [naive.nearest(state, made.patterns[r]) for state in unseen],
        )
        np.testing.assert_allclose(
            found["test_example_consensus"].values[r],
            [abs(naive.overlap(state, majority)) for state in unseen],
        )
    # 12 sites: an overlap of 1/2 flips 3 of them, 0 flips 6.
    np.testing.assert_array_equal(
        found["train_begun"].values, np.full(shape, 1) * [[0.5], [0], [1]]
    )
    assert kept["train"][:, 2].mean() > kept["test"][:, 2].mean()
    assert (kept["test"][0] != kept["test"][1]).any()


def test_all_rules_meet_the_same_corruptions():
    made = pooled(22)
    one = measure(made.job, CPU, max_steps=2, initial_overlaps=[0.5], starts=4)
    other_rule = naive.job_of(made.job.model, made.dataset, rule="another")
    two = measure(other_rule, CPU, max_steps=2, initial_overlaps=[0.5], starts=4)
    np.testing.assert_array_equal(one["test_kept"].values, two["test_kept"].values)
    assert one["test_kept"].values.shape == (REPLICATES, 1, 4)
    every = measure(made.job, CPU, max_steps=2, initial_overlaps=[0.5], starts=100)
    assert every["test_kept"].values.shape == (REPLICATES, 1, TESTS)
    assert every["train_kept"].values.shape == (REPLICATES, 1, PATTERNS)


def test_colours_are_completed_as_spins_are():
    rng, sites, q = np.random.default_rng(23), 6, 3
    train, test = (rng.integers(0, q, (count, sites)).astype(np.int8) for count in (20, 8))
    places = np.stack([rng.choice(20, PATTERNS, replace=False) for _ in range(REPLICATES)])
    couplings = rng.normal(size=(REPLICATES, sites, q, sites, q))
    couplings[:, np.arange(sites), :, np.arange(sites), :] = 0
    fields = rng.normal(size=(REPLICATES, sites, q))
    axes = ("replicate", "site", "colour")
    variables = {
        "couplings": ((*axes, "source", "source_colour"), couplings),
        "fields": (axes, fields),
        "pattern_index": (("replicate", "pattern"), places),
    }
    pool = {"train": (("pattern", "site"), train), "test": (("test_pattern", "site"), test)}
    job = naive.job_of(Dataset(variables), Dataset(pool), spins="potts")
    found = measure(job, CPU, max_steps=2, initial_overlaps=[0.5], starts=100)
    for r in range(REPLICATES):
        rng = generator(3, "completion", "toy", "P00005", r)
        colours.corrupt(train[places[r]], 0.5, q, rng)  # of the training examples
        corrupted = colours.corrupt(test, 0.5, q, rng)
        for k, (state, example) in enumerate(zip(corrupted, test, strict=True)):
            end = state
            for _ in range(2):
                local = fields[r] + sum(couplings[r][:, :, j, end[j]] for j in range(sites))
                end = local.argmax(axis=1)
            kept = (q * np.mean(end == example) - 1) / (q - 1)
            assert found["test_kept"].values[r, 0, k] == pytest.approx(kept)
            near = max((q * np.mean(end == row) - 1) / (q - 1) for row in train[places[r]])
            assert found["test_nearest_train"].values[r, 0, k] == pytest.approx(near)
