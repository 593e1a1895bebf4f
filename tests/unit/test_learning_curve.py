"""What is measured, told and drawn of a training on its way."""

import math

import numpy as np
import pytest
import xarray as xr
from unit import small_jobs as naive
from unit.small_jobs import PATTERNS, REPLICATES, SITES, TESTS, job_of, pooled

from plmemory.datasets.mnist import published as mnist
from plmemory.errors import InputError
from plmemory.figures.learning_curve import published
from plmemory.figures.learning_curve.table import build
from plmemory.figures.receptive_fields.table import build as receptive_fields
from plmemory.machine.backend import select
from plmemory.measures.learning_curve.measure import direction_distance, measure

CPU = select("cpu")
SETTINGS = {"max_steps": 4, "starts": 3, "stability_range": (-2.0, 4.0), "stability_bins": 6}
EPOCHS = [0, 3, 8]


def watched(seed):
    """A job on a model with snapshots: its own couplings, halved and transposed before."""
    made = pooled(seed)
    couplings = made.couplings.astype(np.float32)
    snapshots = np.array([couplings.swapaxes(1, 2), couplings / 2 + 0.1, couplings])
    snapshots[:, :, np.arange(SITES), np.arange(SITES)] = 0
    model = made.job.model
    model["snapshots"] = (("record", "replicate", "site", "source"), snapshots)
    model["history_epoch"] = (("record",), np.array(EPOCHS))
    loss = np.arange(6.0).reshape(3, 2)
    model["history_loss"] = (("record", "replicate"), loss)
    return made, snapshots.astype(float)


def test_a_learning_curve_follows_examples_and_couplings_epoch_by_epoch():
    made, snapshots = watched(1)
    found = measure(made.job, CPU, **SETTINGS | {"starts": 100})
    assert found["epoch"].values.tolist() == EPOCHS
    np.testing.assert_array_equal(found["loss"].values, np.arange(6).reshape(3, 2))
    assert found.attrs == {"image_shape": [3, 4]}
    for record, r in np.ndindex(3, REPLICATES):
        couplings, start = snapshots[record, r], snapshots[0, r]
        norm = math.sqrt(sum(j * j for j in couplings.ravel()))
        scaled = start * norm / np.linalg.norm(start)
        expected = {
            "norm": norm,
            "distance": np.linalg.norm(scaled - couplings) / norm,
            "asymmetry": np.linalg.norm(couplings - couplings.T)
            / np.linalg.norm(couplings + couplings.T),
        }
        for name, states in {"train": made.patterns[r], "test": made.test}.items():
            ends = [naive.history(couplings, state, 4)[-1] for state in states]
            pairs = zip(ends, states, strict=True)
            expected[f"{name}_overlap"] = np.mean([naive.overlap(*pair) for pair in pairs])
        for name, value in expected.items():
            assert found[name].dims == ("record", "replicate")
            assert found[name].values[record, r] == pytest.approx(value, rel=1e-6, abs=1e-6), name
        rows = np.linalg.norm(couplings, axis=1)
        delta = made.patterns[r] * (made.patterns[r] @ couplings.T) / rows
        edges = found["stability"].values[:, None] + np.array([-0.5, 0.5])
        inside = [((low <= delta) & (delta < high)).mean() for low, high in edges]
        np.testing.assert_allclose(found["stability_density"].values[record, r], inside)


def test_at_most_so_many_examples_are_followed_and_all_rules_follow_the_same():
    made, _ = watched(2)
    few = measure(made.job, CPU, **SETTINGS)
    whole = measure(made.job, CPU, **SETTINGS | {"starts": 100})
    for name, count in (("train", PATTERNS), ("test", TESTS)):
        assert count > 3
        steps = few[f"{name}_overlap"].values * 3 * SITES
        np.testing.assert_allclose(steps, np.round(steps), atol=1e-9)  # of three states
        assert (few[f"{name}_overlap"].values != whole[f"{name}_overlap"].values).any()
    other = measure(job_of(made.job.model, made.dataset, "another"), CPU, **SETTINGS)
    for name, variable in few.variables.items():
        np.testing.assert_array_equal(other[name].values, variable.values)


def test_the_distance_is_that_of_directions():
    """Zero along the start, the root of two at right angles, two against it, none from nothing."""
    start = np.array([[[0.0, 3.0], [0.0, 0.0]]] * 4)
    now = np.array(
        [[[0.0, 7.0], [0, 0]], [[0.0, 0.0], [5, 0]], [[0.0, -0.1], [0, 0]], np.zeros((2, 2))]
    )
    found = direction_distance(now, start)
    np.testing.assert_allclose(found[:3], [0, math.sqrt(2), 2], atol=1e-12)
    assert np.isnan(found[3])


# Tables

IMAGES = {"kind": "images", "title": "mine", "columns": {}, "provides": ["test"]}
MNIST = {"kind": "mnist", "title": "MNIST", "columns": {}, "provides": ["test", "published_draw"]}
SLOW = dict(mnist.learning_curves()[0][0])
QUANTITIES = ("norm", "distance", "loss", "train_overlap", "test_overlap", "asymmetry")


def result(described=IMAGES, replicates=4, **attributes):
    """Records 0, 10 and 1001; a quantity q of replicate r at record t is 10 q + t + r / 10."""
    values = np.arange(3)[:, None] + np.arange(replicates) / 10
    variables = {
        name: (("record", "replicate"), 10 * place + values)
        for place, name in enumerate(QUANTITIES)
    }
    variables["stability_density"] = (
        ("record", "replicate", "stability"),
        np.arange(3 * replicates * 2.0).reshape(3, replicates, 2),
    )
    return xr.Dataset(
        variables | {"epoch": ("record", [0, 10, 1001])},
        coords={"stability": [-1.0, 1.0]},
        attrs={
            "dataset": "toy",
            "rule": "my_run",
            "alpha": 10.0,
            "patterns": 1960,
            "converged": 1,
            "described": described,
            "image_shape": np.array([2, 3]),
            **attributes,
        },
    )


def test_a_row_is_a_record_with_the_mean_over_the_draws():
    table = build([result()])
    assert table["epoch"].tolist() == [0, 10, 1001]
    assert set(table["run"]) == {"my_run"}
    assert set(table["draw"]) == {"own"}
    columns = ["norm", "distance", "loss", "train", "test", "asymmetry"]
    np.testing.assert_allclose(
        table[columns].to_numpy(), 10 * np.arange(6) + np.arange(3)[:, None] + 0.15
    )
    np.testing.assert_allclose(table["test_sem"], np.std([0, 0.1, 0.2, 0.3], ddof=1) / 2)


def test_the_published_draw_has_rows_of_its_own_before_the_others():
    table = build([result(MNIST)])
    assert table["draw"].tolist() == ["published"] * 3 + ["own"] * 3
    np.testing.assert_allclose(table["norm"], [0, 1, 2, 0.2, 1.2, 2.2])
    assert table["draws"].tolist() == [1] * 3 + [3] * 3
    assert set(table["source"]) == {"ours"}


def test_published_ends_stand_beside_the_training_of_their_settings_and_no_other():
    others = [SLOW | {"learning_rate": 2.0}, SLOW | {"patterns": 1000}, {}]
    runs = [result(MNIST, rule=f"run_{k}", **changes) for k, changes in enumerate(others)]
    table = build([*runs, result(MNIST, **SLOW), result(IMAGES, **SLOW)])
    (end,) = table[table["source"] == "published"].to_dict("records")
    assert (end["run"], end["epoch"], end["draw"]) == ("my_run", 1001, "published")
    assert (end["norm"], end["norm_rounding"]) == (13.5, pytest.approx(0.05))
    assert (end["test"], end["test_rounding"]) == (0.76389, pytest.approx(5e-6))


def test_published_ends_are_compared_with_ours_of_the_same_epoch_and_draw():
    table = build([result(MNIST, **SLOW)])
    found = {row.quantity + row.start: row for row in published.compare(table)}
    assert len(found) == 5
    norm = found["norm of the couplings after 1001 epochs"]
    single = np.std([0.1, 0.2, 0.3], ddof=1)
    assert norm.published == 13.5
    assert norm.ours == pytest.approx(2.0)
    assert norm.ours_sem == pytest.approx(single)
    assert norm.tolerance == pytest.approx(3 * single)
    assert found["kept overlap after 1001 epochstest"].ours == pytest.approx(42.0)
    alone = published.compare(build([result(MNIST, replicates=1, **SLOW)]))
    assert all(np.isnan(row.tolerance) for row in alone)
    assert alone[0].ours == pytest.approx(2.0)


def model():
    snapshots = np.random.default_rng(3).normal(size=(3, 4, 6, 6))
    axes = ("record", "replicate", "site", "source")
    return xr.Dataset({"snapshots": (axes, snapshots)}), snapshots


def test_receptive_fields_are_rows_of_the_couplings_onto_the_central_pixel():
    kept, snapshots = model()
    table = receptive_fields([kept], [result()], [0, 1001])
    assert sorted(set(table["epoch"])) == [0, 1001]
    field = table[(table["quantity"] == "coupling") & (table["epoch"] == 1001)]
    central = snapshots[2, 0, 4]  # row 1, column 1 of 2 x 3 pixels
    image = field.pivot(index="row", columns="column", values="value").to_numpy()
    np.testing.assert_allclose(image, central.reshape(2, 3) / np.linalg.norm(central))
    density = table[(table["quantity"] == "density") & (table["epoch"] == 0)]
    assert density["stability"].tolist() == [-1, 1]
    assert density["value"].tolist() == [0, 1]
    assert set(table.loc[table["epoch"] == 1001, "norm"]) == {2.0}


def test_epochs_that_were_not_recorded_are_named():
    message = r"^epochs: found 11, expected one that 'my_run' recorded, 0, 10, 1001$"
    with pytest.raises(InputError, match=message):
        receptive_fields([model()[0]], [result()], [0, 11])
