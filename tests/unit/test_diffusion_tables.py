"""Tables of memories and denoisers against numbers by hand, and what the plan says of them."""

import math
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import yaml
from scipy.special import iv

from plmemory.errors import InputError
from plmemory.figures.diffusion_basins.table import build as basins
from plmemory.figures.diffusion_capacity.table import build as capacity
from plmemory.figures.diffusion_circle import table as diffusion_circle
from plmemory.figures.diffusion_circle.table import build as circle
from plmemory.figures.diffusion_examples.table import build as examples
from plmemory.figures.diffusion_phases.table import build as phases
from plmemory.figures.memorisation_generalisation.table import build as memories
from plmemory.plan import configuration, consistency, inheritance
from plmemory.plan.plan import Plan, Result

CONFIG = Path(__file__).parents[2] / "config"
RANDOM = {"columns": {}, "provides": ["independent"]}
KNOWN = {"dataset": "toy", "rule": "exact", "patterns": 10, "converged": 1, "near": 0.9}


def result(**changes):
    """Two draws, three kinds of final states of two samples each, three real images."""
    axes = ("replicate", "end", "sample")
    kind = [[[0, 0], [0, 1], [2, 2]], [[0, 0], [1, 2], [2, 1]]]
    weight = [[[-1, -1], [-1, -1], [0, 1]], [[-1, -1], [-1, -1], [1, 1]]]
    heldout = [[[0.5, 0.7], [0.2, 0.4], [0.3, 0.3]], [[0.6, 0.6], [0.4, 0.6], [0.1, 0.3]]]
    return xr.Dataset(
        {
            "end_start": ("end", ["random", "random", "noisy_test"]),
            "end_dynamics": ("end", ["sampling", "sampling", "attractor"]),
            "end_sigma": ("end", [2.0, 0.3, 4.0]),
            "kind": (axes, kind),
            "kind_by_weight": (axes, weight),
            "nearest_heldout": (axes, heldout),
            "settled": (axes, [[[1, 1], [1, 1], [1, 0]], [[1, 1], [1, 1], [1, 1]]]),
            "real_kind": (("replicate", "sample"), [[0, 2], [2, 1]]),
            "real_heldout": (("replicate", "real"), [[0.8, 0.7, 0.9], [0.7, 0.7, 0.7]]),
            "kept": (("end", "image", "example", "pixel"), np.arange(72).reshape(3, 3, 2, 4)),
            "image": ("image", ["sample", "train", "heldout"]),
        },
        attrs=KNOWN | {"image_shape": [2, 2]} | changes,
    )


def test_fractions_are_means_over_draws_with_their_errors():
    table = phases([result()])
    assert table["sigma"].tolist() == [2, 0.3, 4, 4]
    assert table["criterion"].tolist() == ["distance", "distance", "distance", "weight"]
    second = table.iloc[1]
    assert second[["memorised", "spurious", "generalised"]].tolist() == [0.25, 0.5, 0.25]
    assert second[["memorised_sem", "spurious_sem", "generalised_sem"]].tolist() == [0.25, 0, 0.25]
    assert second["nearest_heldout"] == pytest.approx(0.4)
    assert second["nearest_heldout_sem"] == pytest.approx(0.1)
    assert second["nearest_heldout_real"] == pytest.approx(0.75)
    real = second[["memorised_real", "spurious_real", "generalised_real"]]
    assert real.tolist() == [0.25, 0.25, 0.5]
    assert second["generalised_real_sem"] == 0
    assert second[["samples", "draws", "K"]].tolist() == [2, 2, 10]
    by_weight = table.iloc[3]
    assert by_weight[["memorised", "spurious", "generalised"]].tolist() == [0.25, 0.75, 0]
    assert by_weight["unsettled"] == 0.25


def test_memories_are_compared_at_their_smallest_noise_by_distance():
    network = result(rule="pl")
    network["end_sigma"] = ("end", [np.nan] * 3)
    network["end_dynamics"] = ("end", ["relaxation"] * 3)
    network["end_start"] = ("end", ["random", "noisy_test", "test"])
    network["kind_by_weight"] = network["kind_by_weight"] * 0 - 1
    tokens = network.assign_attrs(rule="attention", dataset="tokens")
    tokens["real_heldout"] = tokens["real_heldout"] - 0.1
    table = memories([result(), network, tokens])
    assert table["memory"].tolist() == ["exact", *["pl"] * 3, *["attention"] * 3]
    starts = ["random", "noisy_test", "test"]
    assert table["start"].tolist() == ["random", *starts, *starts]
    assert table["sigma"].tolist()[0] == 0.3
    assert set(table["criterion"]) == {"distance"}
    noisy, last = table.iloc[5], table.iloc[6]
    kinds = ["memorised", "spurious", "generalised"]
    assert noisy[kinds].tolist() == [0.25, 0.5, 0.25]
    assert last[kinds].tolist() == [0, 0.25, 0.75]
    assert last[[f"{kind}_sem" for kind in kinds]].tolist() == [0, 0.25, 0.25]
    assert last["nearest_heldout"] == pytest.approx(0.25)
    assert last["nearest_heldout_sem"] == pytest.approx(0.05)
    assert last["unsettled"] == 0.25
    # Of its own real images, for its choices are its own.
    assert last["nearest_heldout_real"] == pytest.approx(0.65)
    assert last[["dataset", "samples", "draws"]].tolist() == ["tokens", 2, 2]
    rows = phases([tokens])
    assert rows["memory"].tolist() == ["attention"] * 3
    assert rows["dynamics"].tolist() == ["relaxation"] * 3
    assert rows[kinds].to_numpy()[2].tolist() == [0, 0.25, 0.75]


def test_examples_are_those_from_noise_at_the_smallest_noise():
    table = examples([result()])
    assert len(table) == 24
    row = table[(table["image"] == "train") & (table["example"] == 1)]
    at = row[(row["row"] == 1) & (row["column"] == 0)]
    assert at["value"].tolist() == [24 + 8 + 4 + 2]
    assert set(table["K"]) == {10}
    # Of networks, which have no noise, the first ends from random starts are shown.
    network = result()
    network["end_sigma"] = ("end", [np.nan] * 3)
    network["end_start"] = ("end", ["test", "random", "random"])
    assert examples([network])["value"].tolist() == list(range(24, 48))


def test_weights_stand_beside_the_capacity():
    weight = xr.Dataset(
        {
            "weight": (("replicate", "initial_overlap"), [[0.4, 0.8], [0.6, 1.0]]),
            "initial_overlap": ("initial_overlap", [0.2, 0.5]),
        },
        attrs=KNOWN | {"sites": 20, "described": RANDOM},
    )
    table = capacity([weight])
    assert table["weight"].tolist() == [0.5, 0.9]
    np.testing.assert_allclose(table["weight_sem"], 0.1)
    shannon = math.log(2) + 0.75 * math.log(0.75) + 0.25 * math.log(0.25)
    assert table["rate"][1] == pytest.approx(math.log(10) / 20 / shannon)
    critical = (1 + table["critical_overlap"][0]) / 2
    left = critical * math.log(critical) + (1 - critical) * math.log(1 - critical)
    assert math.log(2) + left == pytest.approx(math.log(10) / 20)
    assert table["independent"].all()


def test_basins_are_means_over_the_states_that_there_are():
    noise = xr.Dataset(
        {
            "basin": (
                ("replicate", "type", "state"),
                [[[2, 4], [np.nan] * 2], [[5, np.nan], [np.nan] * 2]],
            ),
            "type": ("type", ["train", "spurious"]),
        },
        attrs=KNOWN | {"sites": 50, "described": RANDOM},
    )
    table = basins([noise])
    assert table["type"].tolist() == ["train"]
    assert table[["sigma", "sigma_sem", "states", "draws"]].to_numpy().tolist() == [[4, 1, 3, 2]]
    assert table["critical_sigma"][0] > 1
    noise.attrs["described"] = RANDOM | {"provides": []}
    assert basins([noise])["critical_sigma"].isna().all()


def points(*draws):
    """Points on the circle by their angles, a list for each draw."""
    angles = np.array(draws)
    places = np.stack([np.cos(angles), np.sin(angles)], axis=-1)[:, :, None]
    return xr.Dataset({"train": (("replicate", "pattern", "site", "component"), places)})


BETA = 20.0
FAR = [[0.0, 2.0, 4.0], [1.0, 1.02, 3.0]]
CLOSE = [[0.0, 0.05, 2.0, 4.0], [0.3, 0.4, 2.1, 5.0]]


def weights(x, angles, beta):
    """Of points at these angles, seen from places x (..., 2) through Gaussian noise."""
    apart = x[..., None, :] - np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return np.exp(-beta * (apart**2).sum(axis=-1))


def energy(x, angles, beta=BETA):
    return -np.log(weights(np.asarray(x), angles, beta).mean(axis=-1)) / beta


def denoised(x, angles, beta):
    w = weights(x, angles, beta)
    ends = w @ np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return ends / w.sum(axis=-1, keepdims=True)


@pytest.fixture(scope="module")
def circles():
    return circle([points(*FAR), points(*CLOSE)], patterns=[3, 4], maps=[3, 4, 3], beta=BETA)


def test_the_circle_counts_what_points_keep_apart(circles):
    number = circles[circles["panel"] == "number"].set_index("K")
    # Angles nearer than about 1/sqrt(beta) are one attractor: of each draw, and their mean.
    assert number["number"].to_dict() == {3: 2.5, 4: 3}
    assert number["number_sem"].to_dict() == {3: 0.5, 4: 0}
    assert set(number["draws"]) == {2}
    assert set(number["beta"]) == {BETA}
    assert (number["unsettled"] == 0).all()
    found = circles[(circles["panel"] == "attractors") & (circles["K"] == 3)].drop_duplicates()
    ends = found[["x", "y"]].to_numpy()
    assert ends.shape == (3, 2)
    np.testing.assert_allclose(ends, denoised(ends, FAR[0], BETA), atol=1e-6)
    angles = np.unique(np.arctan2(found["y"], found["x"]).round(4) % (2 * np.pi))
    np.testing.assert_allclose(angles, [0, 2, 4], atol=1e-3)
    shown = circles[(circles["panel"] == "points") & (circles["K"] == 4)]
    np.testing.assert_allclose(shown["x"], np.cos(CLOSE[0]))
    np.testing.assert_allclose(shown["y"], np.sin(CLOSE[0]))


def test_maps_of_the_circle_are_of_the_first_draw_and_of_infinitely_many(circles):
    edge = np.linspace(-1.6, 1.6, 33)
    for count, angles in ((3, FAR[0]), (4, CLOSE[0]), (np.inf, np.linspace(0, 2 * np.pi, 400))):
        rows = circles[(circles["panel"] == "map") & (circles["K"] == count)].drop_duplicates()
        assert len(rows) == 33**2
        assert set(rows["x"].round(9)) == set(rows["y"].round(9)) == set(edge.round(9))
        if np.isinf(count):
            angles = angles[:-1]
        np.testing.assert_allclose(rows["energy"], energy(rows[["x", "y"]].to_numpy(), angles))


def test_two_points_and_the_ring_stand_beside_their_theory(circles):
    pair = circles[circles["panel"] == "pair"]
    measured, line = pair[pair["place"].notna()], pair[pair["place"].isna()]
    assert measured["scaled"].tolist() == [0.5, 0.8, 0.95, 1.05, 1.2, 1.5, 2, 3]
    np.testing.assert_allclose(line["scaled"], np.linspace(0.5, 3, 60))
    for rows, name in ((measured, "place"), (measured, "theory"), (line, "theory")):
        y = rows[name].to_numpy()
        np.testing.assert_allclose(y, np.tanh(rows["scaled"] * y), atol=1e-5)
        np.testing.assert_array_equal(y > 1e-3, rows["scaled"] > 1)
    ring = circles[circles["panel"] == "ring"]
    measured, line = ring[ring["radius"].notna()], ring[ring["radius"].isna()]
    assert set(measured["K"]) == {4}
    assert set(line["K"]) == {np.inf}
    assert measured["beta"].tolist() == [0.5, 0.8, 1.2, 1.5, 2, 3, 5, 10, 20]
    np.testing.assert_allclose(line["beta"], np.geomspace(0.5, 20, 60))
    for rows in (measured, line):
        r, argument = rows["theory"], 2 * rows["beta"] * rows["theory"]
        np.testing.assert_allclose(r, iv(1, argument) / iv(0, argument), atol=1e-9)
        np.testing.assert_array_equal(r > 0, rows["beta"] > 1)
    even = 2 * np.pi * np.arange(32) / 32
    for _, row in measured[measured["beta"].isin([1.2, 5])].iterrows():
        radii = []
        for angles in CLOSE:
            centre = np.array([np.cos(angles).mean(), np.sin(angles).mean()])
            x = centre + np.stack([np.cos(even), np.sin(even)], axis=1)
            for _ in range(500):
                x = denoised(x, angles, row["beta"])
            radii.append(np.linalg.norm(x, axis=1).mean())
        assert row["radius"] == pytest.approx(np.mean(radii), abs=1e-5)
        assert row["radius_sem"] == pytest.approx(abs(radii[0] - radii[1]) / 2, abs=1e-5)
        assert row["draws"] == 2


def test_profiles_of_the_circle_are_means_over_directions_and_draws(circles):
    even = 2 * np.pi * np.arange(32) / 32
    rows = circles[(circles["panel"] == "profile") & (circles["K"] == 4)]
    np.testing.assert_allclose(rows["radius"], np.linspace(0, 1.6, 41))
    for _, row in rows.iloc[[0, 10, 40]].iterrows():
        x = row["radius"] * np.stack([np.cos(even), np.sin(even)], axis=1)
        means = [energy(x, angles).mean() for angles in CLOSE]
        assert row["energy"] == pytest.approx(np.mean(means))
        assert row["energy_sem"] == pytest.approx(abs(means[0] - means[1]) / 2)
        assert row["theory"] == pytest.approx(
            energy(row["radius"] * np.array([1.0, 0]), np.arange(400) * np.pi / 200)
        )
        assert (row["draws"], row["beta"]) == (2, BETA)


def test_starts_that_do_not_end_are_counted_as_a_mean_over_draws(monkeypatch):
    monkeypatch.setattr(diffusion_circle, "MAX_STEPS", 2)
    at_rest, moving = [1.0, 1.0], [0.0, 2.0]  # two points in one place are reached at once
    parts = []
    for draws in ([at_rest, at_rest], [moving, moving], [at_rest, moving]):
        row = diffusion_circle._number(2, points(*draws)["train"].values[:, :, 0], 2.0)
        parts.append(row["unsettled"])
    assert parts[0] == 0
    assert 0 < parts[1] <= 1
    assert parts[2] == pytest.approx(parts[1] / 2)


def test_the_circle_needs_points_of_the_plane_and_maps_of_them():
    with pytest.raises(InputError, match=r"^maps: found 7, expected one of patterns: \[3\]$"):
        circle([points([0.0, 1.0, 2.0])], patterns=[3], maps=[7, 7, 7], beta=20.0)
    solid = xr.Dataset(
        {"train": (("replicate", "pattern", "site", "component"), np.ones((1, 2, 1, 3)))}
    )
    with pytest.raises(InputError, match="found 1 vectors of 3 components, expected"):
        circle([solid], patterns=[2], maps=[2, 2, 2], beta=20.0)


def plan_of(**changes):
    written = yaml.safe_load((CONFIG / "config.yaml").read_text())
    return Plan(configuration.complete(inheritance.laid_over(written, changes)))


def figure(rules, datasets=("mnist_draws",), kind="memorisation_generalisation", patterns=(10,)):
    entry = {"figure": kind, "datasets": list(datasets), "rules": rules, "patterns": list(patterns)}
    return {"figures": {"compared": entry}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            figure(["exact_denoiser"], kind="attractors"),
            "found 'exact_denoiser', which makes a network of exact denoisers, which keep their "
            "examples, expected one of .*, which the measure attractors needs",
        ),
        (
            figure(["potts"], ["dhfr"]),
            "found 'potts', which makes a network of .*memorisation needs",
        ),
        (
            figure(["vector_hebb"], ["mnist_tokens"]),
            "found 'vector_hebb', which makes a network of unit vectors of d components, expected "
            "one of .*tokens, unit vectors that attend to each other.*memorisation needs",
        ),
        (figure(["two_layers"]), "found 'two_layers', which learns no couplings"),
        (
            figure(["exact_denoiser"], patterns=(60001,)),
            "found P = 60001 patterns, expected at most",
        ),
        (
            figure(["pl", "vector_hebb"], ["mnist", "mnist_draws"]),
            "found 'vector_hebb', a rule for",
        ),
        (figure(["pl"], ["mnist", "dhfr"]), "found none for 'dhfr', expected one for"),
    ],
)
def test_what_cannot_be_measured_is_said_in_one_line(changes, message):
    with pytest.raises(InputError, match=message):
        consistency.check(plan_of(**changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"memorisation": {"sigmas": [0.0]}}, "measures.memorisation.sigmas.0: found 0"),
        ({"memorisation": {"sigmas": [30.0]}}, "measures.memorisation.sigmas: found 30, expected"),
        ({"memorisation": {"largest_sigma": -1.0}}, "memorisation.largest_sigma: found -1"),
        (
            {"noise_basins": {"smallest_sigma": 0.5}},
            "noise_basins.sigmas: found 0.5, expected more",
        ),
    ],
)
def test_noises_that_make_no_sense_are_told_of(changes, message):
    with pytest.raises(InputError, match=message):
        plan_of(measures=changes)


def test_data_sets_of_several_spins_are_shown_with_the_rules_that_can_learn_them():
    plan = plan_of(
        **figure(["hebb", "vector_hebb", "exact_denoiser"], ["mnist_draws", "vectors_learning"])
    )
    assert plan.rules("compared", "mnist_draws") == ["hebb", "exact_denoiser"]
    assert plan.rules("compared", "vectors_learning") == ["vector_hebb"]
    found = [r for r in plan.results("compared", "memorisation") if isinstance(r, Result)]
    assert [r.rule for r in found] == ["hebb", "exact_denoiser", "vector_hebb"]


@pytest.mark.parametrize("name", ["memorisation_generalisation", "diffusion_phases"])
def test_attention_stands_beside_the_memories_of_pixels(name):
    plan = plan_of()
    found = [r for r in plan.results(name, "memorisation") if isinstance(r, Result)]
    memories = {r.rule: {s.patterns for s in found if s.rule == r.rule} for r in found}
    assert set(memories) == {"exact_denoiser", "trained_denoiser", "pl", "attention_10"}
    assert len({frozenset(patterns) for patterns in memories.values()}) == 1
    assert plan.measure("mnist_tokens", "memorisation") == plan.measure(
        "mnist_draws", "memorisation"
    )
