"""What is measured of vector networks, and of any spins along the dynamics."""

import numpy as np
import pytest
from unit.small_jobs import drawn, history

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.hessian import measure as hessian
from plmemory.measures.job import Job
from plmemory.measures.overlaps import measure as overlaps
from plmemory.networks.vectors import network as vectors
from plmemory.networks.vectors.couplings import Factors
from plmemory.networks.vectors.states import directions, overlap

DOUBLE = Backend(np, "cpu", "float64")
INITIAL = [0.5, 1.0]


def job_of(seed, sites=60, count=3, dimension=3, replicates=2):
    """Hebb's rule on random patterns far below its capacity."""
    rng = np.random.default_rng(seed)
    patterns = directions((replicates, count, sites, dimension), rng)
    axes = ("replicate", "pattern", "site", "component")
    right = ("replicate", "factor", "site", "component")
    model = Dataset({"right": (right, patterns)}, attrs={"patterns": count})
    return Job(
        model, Dataset({"train": (axes, patterns)}), "toy", "hebb", "P00003", 3, "vectors"
    ), patterns


def measured(job, **changes):
    settings = {"max_steps": 60, "recorded_steps": 2, "initial_overlaps": INITIAL, "patterns": 2}
    return overlaps.measure(job, DOUBLE, **settings | changes)


def test_overlaps_of_vectors_along_the_dynamics():
    job, patterns = job_of(0)
    found = measured(job, patterns=3, max_steps=300)
    assert found["overlap"].dims == ("replicate", "initial_overlap", "pattern", "time")
    assert found["overlap"].values.shape == (2, 2, 3, 3)
    initial = np.broadcast_to(np.array(INITIAL)[:, None], (2, 2, 3))
    np.testing.assert_allclose(found["overlap"].values[..., 0], initial)
    assert (found["period"].values == 1).all()
    for replicate, memories in enumerate(patterns):
        step = vectors.vectors(Factors(memories / 60, memories), DOUBLE).step
        history = [memories]
        for _ in range(300):
            history.append(step(history[-1]))
        ours = found["overlap"].values[replicate, 1]
        np.testing.assert_allclose(ours[:, 1], overlap(history[1], memories))
        np.testing.assert_allclose(ours[:, 2], overlap(history[2], memories))
        last = found["final_overlap"].values[replicate, 1]
        np.testing.assert_allclose(last, overlap(history[-1], memories), atol=1e-4)


def test_all_rules_meet_the_same_corrupted_patterns():
    job, _ = job_of(1)
    other = Job(job.model, job.dataset, job.data, "another", job.patterns, job.seed, job.spins)
    np.testing.assert_array_equal(
        measured(job)["overlap"].values, measured(other)["overlap"].values
    )


def test_overlaps_of_ising_spins_are_those_of_the_plain_dynamics():
    case = drawn(5)
    found = overlaps.measure(
        case.job, DOUBLE, max_steps=9, recorded_steps=3, initial_overlaps=[1.0], patterns=99
    )
    for replicate, memories in enumerate(case.patterns):
        for place, memory in enumerate(memories):
            states = history(case.couplings[replicate], memory, 9)
            expected = states @ memory / len(memory)
            np.testing.assert_allclose(
                found["overlap"].values[replicate, 0, place], expected[:4], atol=1e-12
            )
            last = found["final_overlap"].values[replicate, 0, place]
            assert last == pytest.approx(expected[9])


def test_the_modes_of_minima_from_patterns_and_random_states():
    job, _ = job_of(2)
    settings = {"max_steps": 20000, "memories": 2, "random_starts": 3}
    found = hessian.measure(job, DOUBLE, **settings, kept_overlap=0.7)
    assert list(found["start"].values) == ["memory"] * 2 + ["random"] * 3
    assert found["eigenvalue"].values.shape == (2, 5, 120)
    kept = found["kept"].values
    assert kept[:, :2].all()
    assert kept[:, 2:].any()
    modes, shares = found["eigenvalue"].values, found["participation"].values
    assert (modes[kept] > 0).all()
    assert ((shares[kept] > 1 / 60) & (shares[kept] <= 1 + 1e-9)).all()
    # Tr H = (d - 1) sum_i |h_i|, at every fixed point.
    fields = found["field"].values[kept]
    np.testing.assert_allclose(modes[kept].sum(axis=1), 2 * fields.sum(axis=1))
    assert (found["overlap"].values[:, :2] > 0.7).all()
    assert np.isnan(found["overlap"].values[:, 2:]).all()


def test_states_that_lost_their_pattern_or_still_move_are_not_kept():
    job, _ = job_of(3)
    settings = {"memories": 3, "random_starts": 1}
    lost = hessian.measure(job, DOUBLE, max_steps=20000, **settings, kept_overlap=1.0)
    assert not lost["kept"].values[:, :3].any()
    moving = hessian.measure(job, DOUBLE, max_steps=1, **settings, kept_overlap=0.0)
    assert not moving["kept"].values.any()
    for name in ("eigenvalue", "participation", "field"):
        assert np.isnan(moving[name].values).all()
