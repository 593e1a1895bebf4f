"""The attractor search as a measure, against naive loops: Ising spins, colours, true couplings."""

import numpy as np
import pytest
from unit import small_jobs as naive
from unit.small_jobs import LAMBDA, PATTERNS, REPLICATES, SITES, TESTS, drawn, pooled, spins_of

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import select
from plmemory.measures.attractors.measure import measure
from plmemory.measures.attractors.starts import starts
from plmemory.seeds import generator

CPU = select("cpu")
SETTINGS = {"max_steps": 4, "further_steps": 200, "starts": 4, "random_starts": 6}
SETTINGS |= {"corrupted_overlap": 0.5, "sequential_starts": 3}


def batch_of(job, replicate, train, test):
    """What the search of a replicate starts from."""
    rng = generator(3, "search", "toy", "rule", "P00005", replicate)
    settings = {"most": 4, "random": 6, "corrupted_overlap": 0.5, "rng": rng}
    return starts(job.network(replicate, CPU), train, test, **settings)


def fate(states, max_steps):
    """Period, and steps to the attractor: of those that move for long, counted from ``max_steps``.

    What moves after ``max_steps`` is followed as if it started there.
    """
    period, transient = naive.period(states[: max_steps + 1])
    if period:
        return period, transient
    period, transient = naive.period(states[max_steps:])
    return period, max_steps + transient


def check_trajectories(found, made, batches):
    kinds = [kind for kind in found["start"].values for _ in batches[0][kind]]
    names = list(found["start"].values)
    assert [names[place] for place in found["trajectory_start"].values] == kinds
    for r, batch in enumerate(batches):
        for k, start in enumerate(np.concatenate(list(batch.values()))):
            states = naive.history(made.couplings[r], start, 204)
            (period, steps), end = fate(states, 4), states[4]
            measured = {
                "overlap": naive.overlap(end, start),
                "period": period,
                "steps": steps,
            }
            for name, value in measured.items():
                assert found[f"trajectory_{name}"].values[r, k] == pytest.approx(value), name
            place = found["trajectory_attractor"].values[r, k]
            assert found["attractor_replicate"].values[place] == r
            cycle = {state.tobytes() for state in states[-period:]}
            assert found["attractor_state"].values[place].tobytes() in cycle
            # States still moving after the first 4 steps are compared after 200 more.
            last = end if naive.period(states[:5])[0] else states[-1]
            for kind, examples in (("train", made.patterns[r]), ("test", made.test)):
                near = found[f"trajectory_nearest_{kind}"].values[r, k]
                assert near == pytest.approx(naive.nearest(last, examples))


def check_nulls(found, replicate, couplings, patterns, unseen):
    """What unseen examples have in common with those trained on, and with each other's ends."""
    majority = [1 if sum(site.tolist()) > 0 else -1 for site in patterns.T]
    ends = [naive.history(couplings, state, 4)[-1] for state in unseen]
    expected = {
        "nearest_train": [naive.nearest(state, patterns) for state in unseen],
        "consensus": [abs(naive.overlap(state, majority)) for state in unseen],
        "exchanged": [naive.overlap(s, ends[k - 1]) for k, s in enumerate(unseen)],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(found[f"test_{name}"].values[replicate], values, err_msg=name)


@pytest.mark.parametrize("make", [pooled, drawn])
def test_trajectories_of_all_replicates_are_the_naive_ones(make):
    made = make(7)
    if make is drawn:
        tests = spins_of(np.random.default_rng(1), REPLICATES, TESTS, SITES)
        made.job.dataset["test"] = (("replicate", "test_pattern", "site"), tests)
    found = measure(made.job, CPU, **SETTINGS)
    assert found["start"].values.tolist() == ["train", "test", "corrupted", "random"]
    batches = []
    for r in range(REPLICATES):
        made.test = tests[r] if make is drawn else made.test
        batches.append(batch_of(made.job, r, made.patterns[r], made.test))
        check_nulls(found, r, made.couplings[r], made.patterns[r], batches[r]["test"])
    if make is pooled:
        check_trajectories(found, made, batches)
        assert len(np.unique(found["trajectory_period"].values)) > 1
        assert (found["trajectory_steps"].values > 4).any()
    assert "trajectory_energy" not in found


@pytest.mark.parametrize(("max_steps", "further_steps"), [(4, 200), (4, 0)])
def test_sequential_runs_from_test_starts_follow_two_orders(max_steps, further_steps):
    made = pooled(8)
    settings = SETTINGS | {"max_steps": max_steps, "further_steps": further_steps}
    found = measure(made.job, CPU, **settings)
    differ = found["sequential_differ"].values
    assert differ.shape == (REPLICATES, 3)
    for r in range(REPLICATES):
        begun = batch_of(made.job, r, made.patterns[r], made.test)["test"][:3]
        ends = []
        for run in range(2):
            rng = generator(3, "order", "toy", "rule", "P00005", r, run)
            states, moved = begun.copy(), np.ones(3, dtype=bool)
            for _ in range(max_steps + further_steps):
                if not moved.any():
                    break
                order, before = rng.permutation(SITES), states.copy()
                for state in states:
                    for i in order:
                        field = made.couplings[r, i] @ state
                        state[i] = np.sign(field) if field else state[i]
                moved = (states != before).any(axis=1)
            ends.append((states, moved))
        (one, moving), (two, moving_too) = ends
        settled = ~moving & ~moving_too
        np.testing.assert_array_equal(found["sequential_settled"].values[r], settled)
        for k in range(3):
            assert differ[r, k] == (one[k] != two[k]).any()
            agreement = found["sequential_agreement"].values[r, k]
            assert agreement == pytest.approx(naive.overlap(one[k], two[k]))
            kept = found["sequential_overlap"].values[r, k]
            assert kept == pytest.approx(naive.overlap(one[k], begun[k]))
    assert found["sequential_settled"].values.all() == (further_steps > 0)
    assert found["sequential_settled"].values.any()
    assert 0 < differ.mean() < 1
    without = measure(made.job, CPU, **settings | {"sequential_starts": 0})
    assert "sequential_differ" not in without
    np.testing.assert_array_equal(
        without["trajectory_overlap"].values, found["trajectory_overlap"].values
    )


def test_hidden_features_are_starts_of_their_own():
    made = pooled(9)
    features = spins_of(np.random.default_rng(2), REPLICATES, 2, SITES)
    made.dataset["features"] = (("replicate", "feature", "site"), features)
    found = measure(made.job, CPU, **SETTINGS)
    assert found["start"].values.tolist()[-1] == "feature"
    for r in range(REPLICATES):
        ends = [naive.history(made.couplings[r], state, 4)[-1] for state in features[r]]
        kept = [naive.overlap(*pair) for pair in zip(ends, features[r], strict=True)]
        np.testing.assert_allclose(found["trajectory_overlap"].values[r, -2:], kept)


def test_energies_are_those_of_a_step_of_true_and_of_learnt_couplings_of_each_instance():
    made, temperature = drawn(10), 1.3
    rng = np.random.default_rng(3)
    true = np.triu(rng.normal(size=(REPLICATES, SITES, SITES)), 1)
    true += true.swapaxes(1, 2)
    tests, ground = spins_of(rng, REPLICATES, TESTS, SITES), spins_of(rng, REPLICATES, SITES)
    dataset = made.job.dataset
    dataset["test"] = (("replicate", "test_pattern", "site"), tests)
    dataset["couplings"] = (("replicate", "site", "source"), true)
    dataset["ground_state"] = (("replicate", "site"), ground)
    dataset.attrs["sample_temperature"] = temperature
    found = measure(made.job, CPU, **SETTINGS)
    assert found["start"].values.tolist()[-1] == "ground"

    def energy(couplings, state, after):
        pairs = np.ndindex(SITES, SITES)
        return -sum(after[i] * couplings[i, j] * state[j] for i, j in pairs) / (2 * SITES)

    for r in range(REPLICATES):
        learnt = made.couplings[r] * LAMBDA * temperature
        batch = batch_of(made.job, r, made.patterns[r], tests[r]) | {"ground": ground[r][None]}
        begun = np.concatenate(list(batch.values()))
        ends = [naive.history(made.couplings[r], state, 5)[-2:] for state in begun]
        assert any((state != after).any() for state, after in ends)
        for name, couplings in (("energy", true[r]), ("learnt_energy", learnt)):
            expected = [energy(couplings, *end) for end in ends]
            np.testing.assert_allclose(found[f"trajectory_{name}"].values[r], expected, rtol=1e-5)
            for kind, states in (("sample", batch["test"]), ("lowest", batch["ground"])):
                unrelaxed = [energy(couplings, state, state) for state in states]
                measured = found[f"{kind}_{name}"].values[r]
                np.testing.assert_allclose(measured, unrelaxed, rtol=1e-5)


def test_colours_are_searched_as_spins_are():
    rng, sites, q = np.random.default_rng(11), 6, 3
    train, test = (rng.integers(0, q, (count, sites)).astype(np.int8) for count in (20, 8))
    places = np.stack([rng.choice(20, PATTERNS, replace=False) for _ in range(REPLICATES)])
    couplings = rng.normal(size=(REPLICATES, sites, q, sites, q))
    couplings[:, np.arange(sites), :, np.arange(sites), :] = 0
    fields = rng.normal(size=(REPLICATES, sites, q))
    axes = ("replicate", "site", "colour")
    model = Dataset(
        {
            "couplings": ((*axes, "source", "source_colour"), couplings),
            "fields": (axes, fields),
            "pattern_index": (("replicate", "pattern"), places),
        }
    )
    dataset = Dataset(
        {"train": (("pattern", "site"), train), "test": (("test_pattern", "site"), test)}
    )
    job = naive.job_of(model, dataset, spins="potts")
    found = measure(job, CPU, **SETTINGS)

    def rescaled(one, other):
        return (q * np.mean(one == other) - 1) / (q - 1)

    for r in range(REPLICATES):
        batch = batch_of(job, r, train[places[r]], test)
        for k, start in enumerate(np.concatenate(list(batch.values()))):
            state = start
            for _ in range(4):
                local = [
                    [
                        fields[r, i, a] + sum(couplings[r, i, a, j, state[j]] for j in range(sites))
                        for a in range(q)
                    ]
                    for i in range(sites)
                ]
                state = np.argmax(local, axis=1)
            assert found["trajectory_overlap"].values[r, k] == pytest.approx(rescaled(state, start))
        for k, sample in enumerate(batch["test"]):
            nearest = max(rescaled(sample, row) for row in train[places[r]])
            assert found["test_nearest_train"].values[r, k] == pytest.approx(nearest)
            columns = train[places[r]].T.tolist()
            common = [max(range(q), key=column.count) for column in columns]  # the lowest of equals
            assert found["test_consensus"].values[r, k] == pytest.approx(rescaled(sample, common))
