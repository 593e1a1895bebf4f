"""The common measurement of memories against naive loops and brute force."""

import math
from dataclasses import replace

import numpy as np
import pytest
from unit import small_jobs as naive
from unit.small_jobs import PATTERNS, REPLICATES, SITES, TESTS, pooled

from plmemory.errors import InputError
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import select
from plmemory.measures import kinds
from plmemory.measures.memorisation.about import ABOUT
from plmemory.measures.memorisation.measure import measure as memorisation
from plmemory.measures.noise_basins.about import ABOUT as BASINS
from plmemory.measures.noise_basins.measure import TYPES
from plmemory.measures.noise_basins.measure import measure as noise_basins
from plmemory.measures.pattern_weight.measure import measure as pattern_weight
from plmemory.networks.final_states import pixels
from plmemory.networks.trained_denoiser.denoiser import LAYERS, Denoiser
from plmemory.theory.denoising import flip_capacity

CPU = select("cpu")
SETTINGS = {
    "samples": 4,
    "delta": 0.35,  # two of twelve pixels
    "kept": 3,
    "noisy_overlap": 0.5,
    "max_steps": 6,
    "steps": 8,
    "largest_sigma": 9.0,
    "sigmas": [0.3, 2.0],
    "attractor_sigmas": [1.5],
}


def near(one, other):
    """Overlap up to a common sign, pixel by pixel."""
    return abs(sum(int(a) * int(b) for a, b in zip(one, other, strict=True))) / len(one)


def nearest(states, others):
    return np.array([max(near(state, other) for other in others) for state in states])


def test_kinds_are_those_of_brute_force(monkeypatch):
    monkeypatch.setattr(kinds, "ROWS", 7)
    rng = np.random.default_rng(0)
    train, states = (naive.spins_of(rng, count, 10) for count in (6, 40))
    states[3], states[9], states[11], states[12] = train[2], -train[4], states[20], -states[21]
    seen = nearest(states, train)
    other = np.array(
        [max(near(s, t) for j, t in enumerate(states) if j != i) for i, s in enumerate(states)]
    )
    np.testing.assert_allclose(kinds.nearest_other(states), other)
    for delta in (0.0, 0.2, 0.4):  # no pixel, one, two
        found = kinds.by_distance(seen, other, delta)
        pixel = round(delta * 5)
        for kind, m, o in zip(found, seen, other, strict=True):
            distances = round((1 - m) * 5), round((1 - o) * 5)
            known = 0 if distances[0] <= pixel else 1 if distances[1] <= pixel else 2
            assert kind == known
        assert {0, 1} <= set(found)


def test_attractors_are_told_apart_by_the_weight_and_by_who_shares_them():
    states = np.array([[1, 1], [1, -1], [1, -1], [-1, 1], [-1, -1]], np.int8)
    weight = np.array([0.9, 0.6, 0.4, 0.4, 0.5])
    assert kinds.by_weight(weight, states).tolist() == [0, 0, 1, 2, 2]


@pytest.fixture
def made():
    return pooled(5)


def measured(made, spins="ising", **changes):
    job = replace(made.job, spins=spins)
    return memorisation(job, CPU, **SETTINGS | changes)


def split(job, r):
    """Images and held-out images of a replicate."""
    test = job.dataset["test"].values
    order = job.rng("held out", job.data, job.patterns, r).permutation(TESTS)
    return test[order[:5]], test[order[5:]]


def test_a_network_is_followed_from_noise_and_images_to_where_it_settles(made):
    found = measured(made)
    assert found["end_start"].values.tolist() == ["random", "noisy_test", "test"]
    assert set(found["end_dynamics"].values) == {"relaxation"}
    assert np.isnan(found["end_sigma"].values).all()
    assert (found["kind_by_weight"].values == -1).all()
    for r in range(REPLICATES):
        images, heldout = split(made.job, r)
        train = made.patterns[r]
        paths = [naive.history(made.couplings[r], image, 6) for image in images[:4]]
        ends = np.array([path[-1] for path in paths])
        np.testing.assert_allclose(found["nearest_train"].values[r, 2], nearest(ends, train))
        np.testing.assert_allclose(found["nearest_heldout"].values[r, 2], nearest(ends, heldout))
        begun = images[:4]
        told = [
            0
            if max(near(image, one) for one in train) >= 0.65
            else 1
            if max(near(image, one) for k, one in enumerate(begun) if k != j) >= 0.65
            else 2
            for j, image in enumerate(begun)
        ]
        assert found["real_kind"].values[r].tolist() == told
        np.testing.assert_allclose(found["real_heldout"].values[r], nearest(images, heldout))
        settled = [naive.period(path)[0] > 0 for path in paths]
        assert found["settled"].values[r, 2].tolist() == settled
        other = found["nearest_other"].values[r, 2]
        seen = found["nearest_train"].values[r, 2]
        assert found["kind"].values[r, 2].tolist() == [
            0 if m >= 0.65 else 1 if o >= 0.65 else 2 for m, o in zip(seen, other, strict=True)
        ]
    images, heldout = split(made.job, 0)
    kept = found["kept"].values[2]
    assert kept.shape == (3, 3, SITES)
    ends = [naive.history(made.couplings[0], image, 6)[-1] for image in images[:3]]
    np.testing.assert_array_equal(kept[0], ends)
    for place, state in enumerate(kept[0]):
        for line, pool in ((1, made.patterns[0]), (2, heldout)):
            assert near(state, kept[line, place]) == max(near(state, one) for one in pool)
    assert found.attrs["near"] == pytest.approx(0.65)
    assert list(found.attrs["image_shape"]) == [3, 4]


def test_samples_of_the_exact_denoiser_at_little_noise_are_its_examples(made):
    found = measured(made, "empirical_denoiser")
    told = [found[f"end_{name}"].values.tolist() for name in ("start", "dynamics", "sigma")]
    assert told[0] == ["random", "random", "noisy_test"]
    assert told[1] == ["sampling", "sampling", "attractor"]
    assert told[2] == [2.0, 0.3, 1.5]
    assert (found["nearest_train"].values[:, 1] == 1).all()
    assert (found["kind"].values[:, 1] == 0).all()
    assert (found["kind_by_weight"].values[:, 2] >= 0).all()
    again = measured(made, "empirical_denoiser")
    for name, variable in found.variables.items():
        np.testing.assert_array_equal(variable.values, again[name].values)


def test_samples_of_a_trained_denoiser_are_those_of_its_network(made):
    """One whose answer is an image, whatever it is given."""
    image = made.patterns[0][1]
    denoiser = [Denoiser.random(SITES, 3, np.random.default_rng(1), "float32") for _ in range(2)]
    for one in denoiser:
        one.third[:] = 0
        one.third_bias[:] = image
    model = Dataset(
        {
            name: (
                ("replicate", *(f"{name}_{a}" for a in range(getattr(denoiser[0], name).ndim))),
                np.stack([getattr(one, name) for one in denoiser]),
            )
            for name in LAYERS
        },
        attrs=made.job.model.attrs,
    )
    model["pattern_index"] = (("replicate", "pattern"), made.job.model["pattern_index"].values)
    job = replace(made.job, model=model, spins="trained_denoiser")
    found = memorisation(job, CPU, **SETTINGS)
    assert found["end_sigma"].values.tolist() == [2.0, 0.3]
    np.testing.assert_allclose(found["nearest_train"].values[0], 1)
    np.testing.assert_allclose(found["nearest_other"].values, 1)


def test_signs_of_zero_and_of_vectors():
    assert pixels(np.array([[0.0, -0.1, 2.0]])).tolist() == [[1, -1, 1]]
    assert pixels(np.zeros((3, 2, 4))).shape == (3, 8)


def random_job(count, sites, seed=0):
    rng = np.random.default_rng(seed)
    train = naive.spins_of(rng, 2, count, sites)
    dataset = Dataset({"train": (("replicate", "pattern", "site"), train)})
    model = Dataset({}, attrs={"patterns": count})
    return naive.job_of(model, dataset, "exact", "empirical_denoiser")


def test_the_right_pattern_has_the_weight_up_to_the_capacity_and_more_sharply_for_more_sites():
    slopes = []
    for sites in (60, 240):
        count = round(math.exp(0.03 * sites))  # the same rate
        overlaps = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5]
        job = random_job(count, sites)
        found = pattern_weight(job, CPU, initial_overlaps=overlaps, starts=100)
        m0, weight = found["initial_overlap"].values, found["weight"].values.mean(axis=0)
        rates = 0.03 / flip_capacity(m0)
        assert (weight[rates > 2] < 0.3).all()
        assert (weight[rates < 0.4] > 0.9).all()
        before, beyond = np.interp([0.7, 1.5], rates[::-1], weight[::-1])
        slopes.append(before - beyond)
    assert slopes[1] > slopes[0] + 0.15


def test_a_single_pattern_has_all_the_weight_and_whole_pixels_are_turned():
    overlaps = [0.65, 0.6, 0.95, 0.02]
    found = pattern_weight(random_job(1, 10), CPU, initial_overlaps=overlaps, starts=3)
    np.testing.assert_allclose(found["initial_overlap"].values, [0.6])
    np.testing.assert_allclose(found["weight"].values, 1)


BASIN = {"states": 3, "trials": 4, "returned": 1.0, "delta": 0.0, "samples": 6, "steps": 30}
BASIN |= {"smallest_sigma": 0.2}


def test_of_a_single_example_all_noise_is_taken_away():
    found = noise_basins(random_job(1, 12), CPU, **BASIN, sigmas=[5.0, 0.5])
    basin = dict(zip(TYPES, np.moveaxis(found["basin"].values, 1, 0), strict=True))
    assert (basin["train"][:, 0] == 5).all()
    assert np.isnan(basin["train"][:, 1:]).all()
    assert (basin["memorised"] == 5).all()
    for name in ("test", "spurious", "generalised"):
        assert np.isnan(basin[name]).all()


def test_unseen_images_are_no_states_of_the_exact_denoiser(made):
    job = replace(made.job, spins="empirical_denoiser")
    found = noise_basins(job, CPU, **BASIN, sigmas=[0.25, 0.3, 30.0])
    basin = dict(zip(TYPES, np.moveaxis(found["basin"].values, 1, 0), strict=True))
    unseen = nearest(job.dataset["test"].values[:3], made.patterns[0]) < 1
    assert (basin["test"][0][unseen] == 0).all()
    assert ((basin["train"] >= 0.3) & (basin["train"] < 30)).all()
    assert PATTERNS > 1


def test_bad_settings_are_told_of():
    good = SETTINGS
    ABOUT.check(good)
    with pytest.raises(InputError, match=r"^sigmas: found 9, expected less than largest_sigma"):
        ABOUT.check(good | {"sigmas": [1.0, 9.0]})
    with pytest.raises(InputError, match=r"^sigmas: found 0.2, expected more than smallest_sigma"):
        BASINS.check(BASIN | {"sigmas": [0.2, 3.0]})
