"""The table of generalisation: kinds of start and dynamics, colours, and what is published."""

import numpy as np
import pytest
import xarray as xr

from plmemory.datasets.spin_glass import published as glass
from plmemory.figures.generalization import table as generalization

IMAGES = {"kind": "images", "title": "my images", "columns": {}, "provides": ["test"]}
GLASS = {"kind": "spin_glass", "title": "glass", "provides": ["test", "couplings"]}
IDENTITY = {"dataset": "toy", "rule": "hebb", "method": "hebb", "alpha": 0.5, "patterns": 3}
IDENTITY |= {"converged": 1, "objective": "", "described": IMAGES}
PL = {"rule": "my_pl", "objective": "pseudo-likelihood"}


def search_result(**attributes):
    """Two replicates, starts: two training, one test, one random."""
    overlaps = [[1, 0.8, 0.5, 0.1], [0.6, 0.4, 0.7, 0.3]]
    return xr.Dataset(
        {
            "start": ("start", ["train", "test", "corrupted", "random"]),
            "trajectory_start": ("trajectory", [0, 0, 1, 3]),
            "trajectory_overlap": (("replicate", "trajectory"), overlaps),
            "trajectory_steps": (("replicate", "trajectory"), [[0, 0, 0, 0], [0, 3, 5, 0]]),
            "trajectory_period": (("replicate", "trajectory"), [[1, 2, 1, 1], [1, 1, 0, 0]]),
            "test_nearest_train": (("replicate", "test_start"), [[0.2], [0.4]]),
            "test_consensus": (("replicate", "test_start"), [[0.15], [0.05]]),
            "test_exchanged": (("replicate", "test_start"), [[-0.02], [0.08]]),
            "sequential_overlap": (("replicate", "sequential_start"), [[0.3], [0.5]]),
            "site": ("site", np.arange(4)),
        },
        attrs=IDENTITY | attributes,
    )


def test_generalisation_averages_each_kind_of_start():
    table = generalization.build([search_result()], ["synchronous"]).set_index("start")
    assert table.loc["train", "overlap"] == pytest.approx(0.7)
    assert table.loc["train", "overlap_sem"] == pytest.approx(0.4 / 2)
    assert table.loc["train", "n"] == 4
    assert table.loc["test", "overlap"] == pytest.approx(0.6)
    assert table.loc["test", "nearest_train_overlap"] == pytest.approx(0.3)
    assert table.loc["test", "consensus_overlap"] == pytest.approx(0.1)
    assert table.loc["test", "exchanged_overlap"] == pytest.approx(0.03)
    assert table.loc["test", "above_nearest"] == pytest.approx(0.3)  # 0.5 - 0.2, 0.7 - 0.4
    assert table.loc["test", "above_nearest_sem"] == pytest.approx(0, abs=1e-12)
    assert table.loc[["train", "random"], "above_nearest"].isna().all()
    for null in ("nearest_train", "consensus", "exchanged"):
        assert table.loc[["train", "random"], f"{null}_overlap"].isna().all()
    assert list(table.index) == ["train", "test", "random"]
    assert set(table["dynamics"]) == {"synchronous"}
    assert set(table["source"]) == {"ours"}
    assert table.loc["test", ["dataset", "title"]].tolist() == ["toy", "my images"]


def test_starts_that_are_fixed_points_did_not_move():
    """Not those on a cycle, which need no step to reach it either, nor those still moving."""
    table = generalization.build([search_result()], ["synchronous", "sequential"])
    found = table.set_index(["start", "dynamics"])["unmoved_fraction"]
    assert found["train", "synchronous"] == 2 / 4
    assert found["test", "synchronous"] == 1 / 2
    assert found["random", "synchronous"] == 1 / 2
    assert np.isnan(found["test", "sequential"])


def test_sequential_dynamics_from_test_starts_are_shown_where_asked_for():
    results = [search_result(), search_result(rule="storkey").drop_vars("sequential_overlap")]
    both = generalization.build(results, ["synchronous", "sequential"])
    (other,) = both[both["dynamics"] == "sequential"].to_dict("records")
    assert (other["rule"], other["start"]) == ("hebb", "test")
    assert other["overlap"] == pytest.approx(0.4)
    assert other["overlap_sem"] == pytest.approx(0.1)
    assert other["n"] == 2
    assert other["above_nearest"] == pytest.approx(0.1)  # 0.3 - 0.2, 0.5 - 0.4
    usual = generalization.build(results, ["synchronous"])
    assert len(both) == len(usual) + 1


def test_the_excess_over_the_nearest_pairs_each_start_with_its_own():
    """Three test starts, of which sequential dynamics follows the first two."""
    result = xr.Dataset(
        {
            "start": ("start", ["test"]),
            "trajectory_start": ("trajectory", [0, 0, 0]),
            "trajectory_overlap": (("replicate", "trajectory"), [[0.9, 0.5, 0.1], [0.8, 0.6, 0.7]]),
            "trajectory_steps": (("replicate", "trajectory"), np.ones((2, 3))),
            "trajectory_period": (("replicate", "trajectory"), np.ones((2, 3))),
            "sequential_overlap": (("replicate", "sequential_start"), [[0.4, 0.6], [0.3, 0.8]]),
            **{
                f"test_{name}": (("replicate", "test_start"), [[0.3, 0.2, 0.4], [0.1, 0.5, 0.6]])
                for name in ("nearest_train", "consensus", "exchanged")
            },
            "site": ("site", np.arange(4)),
        },
        attrs=IDENTITY,
    )
    table = generalization.build([result], ["synchronous", "sequential"]).set_index("dynamics")
    # Synchronous: (0.6 + 0.3 - 0.3) / 3 and (0.7 + 0.1 + 0.1) / 3; sequential: 0.5 / 2, 0.5 / 2.
    assert table["above_nearest"].tolist() == pytest.approx([0.25, 0.25])
    assert table["above_nearest_sem"].tolist() == pytest.approx([0.05, 0])


def test_the_true_couplings_have_no_training_starts():
    base = search_result()
    limit = base.assign_attrs(rule="true_couplings", patterns=np.inf, alpha=np.inf)
    table = generalization.build([base, limit], ["synchronous"])
    assert list(table.loc[np.isinf(table["alpha"]), "start"]) == ["test", "random"]
    assert list(table.loc[np.isfinite(table["alpha"]), "start"]) == ["train", "test", "random"]


def test_colours_have_an_identity_beside_their_rescaled_overlap():
    """With 21 colours: 1 / 21 of the sites are equal by chance, all where the overlap is 1."""
    table = generalization.build([search_result(states=21)], ["synchronous"]).set_index("start")
    nulls = ("nearest_train_overlap", "consensus_overlap", "exchanged_overlap")
    for name in ("overlap", *nulls):
        identity = table[name.replace("overlap", "identity")]
        np.testing.assert_allclose((21 * identity - 1) / 20, table[name])
    assert table.loc["train", "identity_sem"] == pytest.approx(0.2 * 20 / 21)
    assert "identity" not in generalization.build([search_result()], ["synchronous"])


@pytest.mark.parametrize(("side", "comparable"), [(32, True), (16, False)])
def test_published_overlaps_stand_beside_the_first_rule_of_the_same_objective(side, comparable):
    described = GLASS | {"columns": {"L": side, "T": 0.99}}
    results = [
        search_result(dataset=dataset, described=described, **rule)
        for dataset in ("glass", "glass_2")
        for rule in ({}, PL, PL | {"rule": "another"})
    ]
    results.append(search_result(**PL))  # of which nothing is published
    table = generalization.build(results, ["synchronous"])
    published = table[table["source"] == "published"]
    assert set(published["rule"]) == {"my_pl"}
    assert set(published["comparable"]) == {comparable}
    assert list(published["dataset"].unique()) == ["glass", "glass_2"]
    mine = published[published["dataset"] == "glass"]
    found = {
        (row["alpha"], row["start"]): (row["overlap"], row["tolerance"])
        for row in mine.to_dict("records")
    }
    assert found == glass.overlaps()
    np.testing.assert_array_equal(mine["P"], 4 * mine["alpha"])
    assert set(mine["title"]) == {"glass"}
    assert set(mine["L"]) == {side}
    assert set(mine["draw"]) == {"own"}


def test_the_published_draw_stands_apart_from_the_mean_over_the_others():
    """The first replicate, of states 1, 0.8, and the second, of 0.6, 0.4."""
    described = IMAGES | {"provides": ["published_draw", "test"]}
    table = generalization.build([search_result(described=described)], ["synchronous"])
    train = table[table["start"] == "train"].set_index("draw")
    assert list(train.index) == ["published", "own"]
    assert train["overlap"].tolist() == pytest.approx([0.9, 0.5])
    assert train["draws"].tolist() == [1, 1]
    assert train["n"].tolist() == [2, 2]
    test = table[table["start"] == "test"].set_index("draw")
    assert test["nearest_train_overlap"].tolist() == pytest.approx([0.2, 0.4])
    assert test["consensus_overlap"].tolist() == pytest.approx([0.15, 0.05])
    assert test["exchanged_overlap"].tolist() == pytest.approx([-0.02, 0.08])
    several = xr.concat([search_result()] * 2, "replicate", data_vars="minimal")
    several = several.assign_attrs(IDENTITY | {"described": described})
    table = generalization.build([several], ["synchronous"])
    own = table[(table["start"] == "train") & (table["draw"] == "own")]
    assert own["overlap"].item() == pytest.approx((0.5 + 0.9 + 0.5) / 3)
    assert own["draws"].item() == 3
    assert own["overlap_sem"].item() == pytest.approx(np.std([0.5, 0.9, 0.5], ddof=1) / 3**0.5)
    lone = search_result(described=described).isel(replicate=[0])
    assert set(generalization.build([lone], ["synchronous"])["draw"]) == {"published"}


def test_data_sets_without_a_published_draw_and_limits_have_no_draws_apart():
    described = IMAGES | {"provides": ["published_draw", "test"]}
    limit = search_result(described=described, patterns=np.inf, alpha=np.inf)
    for result in (search_result(), limit):
        table = generalization.build([result], ["synchronous"])
        assert set(table["draw"]) == {"own"}
        assert set(table["draws"]) == {2}


def test_without_a_rule_of_the_objective_nothing_published_is_shown():
    described = GLASS | {"columns": {"L": 32, "T": 0.99}}
    table = generalization.build([search_result(described=described)], ["synchronous"])
    assert set(table["source"]) == {"ours"}
