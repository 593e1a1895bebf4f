"""Tokens of images, what is measured of their transients, and the tables made of it."""

import numpy as np
import pytest
import xarray as xr

from plmemory.datasets.mnist_angles import load as mnist_angles
from plmemory.datasets.mnist_tokens import load as mnist_tokens
from plmemory.errors import InputError
from plmemory.figures.attention_load import table as attention_load
from plmemory.figures.attention_step import table as attention_step
from plmemory.figures.attention_transient import table as attention_transient
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.job import Job
from plmemory.measures.transient import about as transient_about
from plmemory.measures.transient import measure as transient
from plmemory.networks.attention.network import tokens
from plmemory.networks.vectors.states import directions, overlap
from plmemory.theory import attention as theory

DOUBLE = Backend(np, "cpu", "float64")


def test_tokens_are_patches_in_reading_order():
    spins = np.random.default_rng(0).choice(np.array([-1, 1], np.int8), (3, 24))
    found = mnist_tokens.tokens(spins, (4, 6), 2)
    assert (found.shape, found.dtype) == ((3, 6, 4), np.float32)
    images = spins.reshape(3, 4, 6)
    np.testing.assert_array_equal(found[1, 4].reshape(2, 2), images[1, 2:, 2:4] / 2)
    np.testing.assert_allclose(np.linalg.norm(found, axis=-1), 1)
    np.testing.assert_array_equal(mnist_tokens.tokens(spins, (4, 6), 1)[..., 0], spins)
    # Overlaps of tokens are those of pixels.
    np.testing.assert_allclose(overlap(found[0], found[1]), (spins[0] * spins[1]).mean())


@pytest.mark.parametrize("largest", [0.5, 0.8])
def test_grey_pixels_are_angles_and_their_patches_unit_vectors(largest, monkeypatch, tmp_path):
    images = np.random.default_rng(1).integers(0, 256, (3, 4, 6)).astype(np.uint8)
    images[0, 0, :2] = 0, 255
    found, white = mnist_angles.tokens(images, largest), largest * np.pi
    assert (found.shape, found.dtype) == ((3, 6, 8), np.float32)
    np.testing.assert_allclose(np.linalg.norm(found, axis=-1), 1, rtol=1e-6)
    black_and_white = [0.5, 0, np.cos(white) / 2, np.sin(white) / 2]
    np.testing.assert_allclose(found[0, 0, :4], black_and_white, atol=1e-7)
    for token, (top, left) in ((1, (0, 2)), (5, (2, 4))):
        patch = images[2, top : top + 2, left : left + 2].ravel() / 255 * white
        np.testing.assert_allclose(found[2, token, ::2], np.cos(patch) / 2, atol=1e-6)
        np.testing.assert_allclose(found[2, token, 1::2], np.sin(patch) / 2, atol=1e-6)
    # Overlaps are mean cosines of the differences of angles.
    differences = (images[1].astype(float) - images[2]) / 255 * white
    assert overlap(found[1], found[2]) == pytest.approx(np.cos(differences).mean(), abs=1e-6)
    labels = np.array([3, 1, 4], np.uint8)
    read = images, labels, images[:2], labels[:2]
    monkeypatch.setattr(mnist_angles.raw_files, "read", lambda raw: read)
    data = mnist_angles.load(None, raw=tmp_path, largest_angle=largest)
    assert data["train"].dims == ("pattern", "site", "component")
    np.testing.assert_array_equal(data["test"].values, found[:2])
    assert data["train_label"].values.tolist() == [3, 1, 4]


def test_patches_that_do_not_fill_the_image_are_refused():
    images = Dataset({}, attrs={"image_shape": [14, 14]})
    with pytest.raises(InputError, match=r"^patch: found 3, expected a divisor of 14 and 14$"):
        mnist_tokens.of_patches(images, 3)


SETTINGS = {"times": [0, 1, 3], "starts": 4, "flipped": 0.25, "masked": 0.5}


def job_of(seed=1, sites=10, dimension=4, rule="attention"):
    """A job on six of a pool of images of signs, and its blocks (R, N, d, N, d)."""
    rng = np.random.default_rng(seed)
    pool, test = (
        (rng.choice(np.array([-1.0, 1.0]), (count, sites, dimension)) + 0.4) for count in (30, 9)
    )
    pool, test = (np.where(x > 0, 0.5, -0.5) for x in (pool, test))
    places = np.stack([rng.choice(30, 6, replace=False) for _ in range(2)])
    blocks = rng.normal(size=(2, sites, dimension, sites, dimension))
    blocks[:, np.arange(sites), :, np.arange(sites)] = 0
    axes = ("replicate", "site", "component", "source", "source_component")
    model = Dataset(
        {"couplings": (axes, blocks), "pattern_index": (("replicate", "pattern"), places)},
        attrs={"inverse_temperature": 0.9, "gamma": 0.1, "patterns": 6},
    )
    data = Dataset(
        {
            "train": (("pattern", "site", "component"), pool),
            "test": (("test_pattern", "site", "component"), test),
        }
    )
    return Job(model, data, "toy", rule, "P00006", 3, "attention"), blocks, pool[places], test


def test_transients_follow_their_clean_images():
    job, blocks, trained, test = job_of()
    found = transient.measure(job, DOUBLE, **SETTINGS)
    overlaps = found["overlap"].values
    assert found["overlap"].dims == ("replicate", "start", "corruption", "state", "time")
    assert overlaps.shape == (2, 2, 3, 4, 3)
    np.testing.assert_allclose(overlaps[:, :, 0, :, 0], 1)
    np.testing.assert_allclose(overlaps[:, :, 1, :, 0], 1 - 2 * 0.25)
    # Half of the sites are kept; the others are random.
    masked = overlaps[:, :, 2, :, 0]
    assert abs(masked.mean() - 0.5) < 4 * masked.std() / np.sqrt(masked.size)
    for replicate, examples in enumerate(trained):
        step = tokens(blocks[replicate], 0.9, 0.1, DOUBLE).step
        for place, images in enumerate((examples, test)):
            after = [images, step(images), step(step(step(images)))]
            expected = np.stack([overlap(state, images) for state in after], axis=1)
            ours = overlaps[replicate, place, 0]
            rows = [np.isclose(expected, row, atol=1e-9).all(axis=1).any() for row in ours]
            assert all(rows)
    random = found["random"].values
    assert random.shape == (2, 4, 3)
    assert (random[:, :, 0] < 0.7).all()
    other = transient.measure(job_of(rule="another")[0], DOUBLE, **SETTINGS)
    np.testing.assert_array_equal(other["overlap"].values, overlaps)


def test_baselines_know_no_couplings():
    job, _, trained, _ = job_of()
    nearest = transient.measure(job, DOUBLE, **SETTINGS)["nearest_train"].values
    np.testing.assert_allclose(nearest[:, 0, 0], 1)  # a training image is nearest to itself
    assert (nearest[:, 1, 0] < 1).any()
    states = trained[0][:3].astype(float)
    mean = transient.mean_image(states)
    np.testing.assert_allclose(np.linalg.norm(mean, axis=-1)[states.mean(axis=0).any(axis=-1)], 1)
    best = overlap(states, mean).mean()
    for seed in range(20):
        other = directions(mean.shape, np.random.default_rng(seed))
        assert overlap(states, other).mean() < best
        near = mean + 0.1 * other
        near /= np.linalg.norm(near, axis=-1, keepdims=True)
        assert overlap(states, near).mean() < best
    opposite = np.stack([states[0], -states[0]])
    assert not transient.mean_image(opposite).any()


def test_corruptions_change_so_many_numbers():
    rng = np.random.default_rng(3)
    states = directions((50, 10, 4), rng)
    flipped = transient.flip(states, 0.3, rng)
    assert ((flipped != states).sum(axis=(1, 2)) == 12).all()
    np.testing.assert_array_equal(np.abs(flipped), np.abs(states))
    masked = transient.mask(states, 0.3, rng)
    assert ((masked != states).any(axis=-1).sum(axis=1) == 3).all()
    np.testing.assert_allclose(np.linalg.norm(masked, axis=-1), 1)
    often = (masked != states).any(axis=-1).mean(axis=0)  # every site alike: 0.3 +- 0.065
    assert (np.abs(often - 0.3) < 4 * 0.065).all()


@pytest.mark.parametrize("times", [[1, 2], [0, 3, 2]])
def test_times_ascend_from_the_start(times):
    with pytest.raises(InputError, match=r"^times: found \[.*\], expected ascending ones from 0"):
        transient_about.ABOUT.check({"times": times})


def measured(patterns=100, clock=2.0):
    """Two replicates, two states, times 0, 1, 2, 50."""
    overlap = np.zeros((2, 2, 3, 2, 4))
    overlap[:] = np.array([0.7, 0.75, 0.8, 0.4])
    overlap[:, 1] -= 0.1  # test
    overlap[1] += 0.02
    nearest = np.full((2, 2, 3, 2), 0.6)
    nearest[:, 0] = 1.0
    described = {"kind": "mnist_tokens", "title": "t", "columns": {"d": 4}, "provides": ["test"]}
    return xr.Dataset(
        {
            "overlap": (("replicate", "start", "corruption", "state", "time"), overlap),
            "nearest_train": (("replicate", "start", "corruption", "state"), nearest),
            "mean_image": (("replicate", "start", "state"), np.full((2, 2, 2), 0.25)),
            "random": (("replicate", "random_state", "time"), overlap[:, 0, 0] - 0.3),
            "start": ("start", ["train", "test"]),
            "corruption": ("corruption", ["none", "flipped", "masked"]),
            "time": ("time", [0, 1, 2, 50]),
        },
        attrs={
            "dataset": "tokens",
            "rule": f"attention_{clock:g}",
            "method": "attention",
            "alpha": patterns / 49,
            "patterns": patterns,
            "converged": 1,
            "clock": clock,
            "described": described,
        },
    )


def test_transients_and_baselines_by_clock():
    table = attention_transient.build([measured(), measured(clock=10.0)])
    network = table[table["baseline"] == "none"]
    assert len(network) == 2 * (2 * 3 + 1) * 4
    row = network.query("clock == 10 and start == 'test' and corruption == 'flipped' and t == 2")
    assert row["overlap"].item() == pytest.approx(0.71)
    assert row["overlap_sem"].item() == pytest.approx(0.01)
    assert (row["n"].item(), row["draws"].item(), row["P"].item()) == (4, 2, 100)
    random = network[network["start"] == "random"]
    assert set(random["corruption"]) == {"none"}
    np.testing.assert_allclose(random.groupby("t")["overlap"].first(), [0.41, 0.46, 0.51, 0.11])
    levels = table[table["baseline"] != "none"].groupby(["baseline", "start"])["overlap"].first()
    assert levels["nearest_train", "train"] == 1
    assert levels["nearest_train", "test"] == pytest.approx(0.6)
    assert levels["mean_image", "test"] == pytest.approx(0.25)


def test_peaks_are_among_the_first_steps_and_late_is_last():
    table = attention_load.build([measured(), measured(1000)], first_steps=1)
    assert len(table) == 2 * 7
    row = table.query("P == 1000 and start == 'test' and corruption == 'masked'").iloc[0]
    assert (row["peak_t"], row["first_t"], row["late_t"]) == (1, 1, 50)
    assert row[["initial", "peak", "late"]].tolist() == pytest.approx([0.61, 0.66, 0.31])
    assert row[["peak_sem", "late_sem"]].tolist() == pytest.approx([0.01, 0.01])
    assert row[["nearest_train", "mean_image"]].tolist() == pytest.approx([0.6, 0.25])
    later = attention_load.build([measured()], first_steps=3).iloc[0]
    assert (later["peak_t"], later["first_t"]) == (2, 2)
    assert later["peak"] == pytest.approx(0.81)
    assert np.isnan(table.loc[table["start"] == "random", "mean_image"]).all()


def stepped(scale=3.0, provides=("independent",)):
    overlap = np.zeros((2, 2, 3, 2))
    overlap[..., 1] = np.array([0.5, 0.9])[:, None]
    overlap[1, ..., 1] += 0.02
    described = {"kind": "random_vectors", "title": "d", "columns": {"d": 4}}
    return xr.Dataset(
        {
            "overlap": (("replicate", "initial_overlap", "pattern", "time"), overlap),
            "initial_overlap": ("initial_overlap", [0.4, 0.8]),
        },
        attrs={
            "dataset": "vectors",
            "rule": "attention_hebb_3",
            "method": "attention_hebb",
            "alpha": 2.0,
            "patterns": 80,
            "converged": 1,
            "inverse_temperature": scale,
            "gamma": 0.0,
            "described": described | {"provides": list(provides)},
        },
    )


def test_maps_are_beside_the_theory_of_their_numbers():
    table = attention_step.build([stepped()])
    measured = table[table["one_step_overlap"].notna()]
    assert measured["one_step_overlap"].tolist() == pytest.approx([0.51, 0.91])
    np.testing.assert_allclose(measured["kappa"], 3.0 * 2 / 16)
    assert (measured["N"].iloc[0], measured["n"].iloc[0]) == (40, 6)
    attending = theory.Attending(79, 39, 4, 3.0 / 40)
    exact = theory.one_step(np.array([0.4, 0.8]), attending)
    np.testing.assert_allclose(measured["theory"], exact)
    np.testing.assert_allclose(measured["excess"], [0.51, 0.91] - exact)
    np.testing.assert_allclose(measured["excess_sem"], 0.01)
    assert len(table) > 40  # and a line
    other = attention_step.build([stepped(provides=())])
    assert len(other) == 2
    assert other["theory"].isna().all()
    held = stepped()
    held.attrs["gamma"] = 0.01  # gamma / ((1 - gamma) c), c = 1/N
    more = attention_step.build([held])["kappa"].iloc[0] - 3.0 * 2 / 16
    assert more == pytest.approx(40 / 99)
