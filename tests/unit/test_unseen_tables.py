"""Tables of completion, basin maps and feature diagrams, computed by hand."""

import numpy as np
import pytest
import xarray as xr

from plmemory.figures.basin_maps import table as basin_maps
from plmemory.figures.completion import table as completion
from plmemory.figures.feature_diagram import table as feature_diagram

IDENTITY = {"dataset": "toy", "rule": "pl", "alpha": 0.5, "patterns": 6, "converged": 1}


def completed(**attributes):
    """Two replicates, initial overlaps 0.5 and 1, one training and two unseen examples."""
    curves = ("replicate", "initial_overlap")
    tests = (*curves, "test_start")
    return xr.Dataset(
        {
            "initial_overlap": ("initial_overlap", [0.5, 1.0]),
            "train_begun": ((*curves, "train_start"), [[[0.4], [1.0]]] * 2),
            "train_kept": ((*curves, "train_start"), [[[0.7], [0.9]], [[0.5], [0.96]]]),
            "train_nearest_train": ((*curves, "train_start"), [[[0.95], [0.2]], [[0.3], [1.0]]]),
            "test_begun": (tests, [[[0.45, 0.45], [1.0, 1.0]]] * 2),
            "test_kept": (tests, [[[0.1, 0.3], [0.6, 0.8]], [[0.2, 0.6], [0.5, 0.7]]]),
            "test_nearest_train": (tests, [[[1.0, 0.94], [0.8, 0.7]], [[0.95, 0.97], [0.9, 0.99]]]),
            "test_example_nearest_train": (
                ("replicate", "test_start"),
                [[0.95, 0.97], [0.6, 0.96]],
            ),
            "test_example_consensus": (("replicate", "test_start"), [[0.1, 0.2], [0.3, 0.6]]),
        },
        attrs=IDENTITY | attributes,
    )


def test_a_row_of_unseen_examples_by_hand():
    table = basin_maps.build([completed()])
    assert len(table) == 4
    tests = table[table["start"] == "test"].set_index("asked_overlap")
    row = tests.loc[0.5]
    assert row["initial_overlap"] == pytest.approx(0.45)
    assert row["final_overlap"] == pytest.approx(0.3)  # replicates: 0.2 and 0.4
    assert row["final_overlap_sem"] == pytest.approx(0.2 / 2)
    assert row["at_train_share"] == pytest.approx(0.75)  # 1/2 and 1
    assert row["at_train_share_sem"] == pytest.approx(0.5 / 2)
    assert row["nearest_train_overlap"] == pytest.approx(0.87)
    assert row["consensus_overlap"] == pytest.approx(0.3)
    assert row["at_train_share_of_examples"] == pytest.approx(0.75)  # 1 and 1/2
    assert (row["draws"], row["n"], row["P"], row["alpha"]) == (2, 4, 6, 0.5)
    assert tests.loc[1.0, "final_overlap"] == pytest.approx(0.65)
    assert tests.loc[1.0, "at_train_share"] == pytest.approx(0.25)


def test_training_examples_have_no_null_models():
    table = basin_maps.build([completed()])
    train = table[table["start"] == "train"].set_index("asked_overlap")
    assert train["final_overlap"].tolist() == pytest.approx([0.6, 0.93])
    assert train["initial_overlap"].tolist() == pytest.approx([0.4, 1.0])
    assert train["at_train_share"].tolist() == pytest.approx([0.5, 0.5])
    assert train["n"].tolist() == [2, 2]
    nulls = ["nearest_train_overlap", "consensus_overlap", "at_train_share_of_examples"]
    assert train[nulls].isna().all(axis=None)


def test_completion_is_of_unseen_examples():
    results = [completed(), completed(alpha=2.0, patterns=24)]
    table = completion.build(results)
    assert set(table["start"]) == {"test"}
    assert table["final_overlap"].tolist() == pytest.approx([0.3, 0.65, 0.3, 0.65])
    assert table["alpha"].tolist() == [0.5, 0.5, 2.0, 2.0]
    assert table["P"].tolist() == [6, 6, 24, 24]


def test_densities_are_averaged_over_their_own_replicates():
    overlap = np.arange(16).reshape(4, 2, 2) / 16  # replicate, start, steps
    result = xr.Dataset(
        {
            "start": ("start", ["train", "feature"]),
            "steps": ("steps", [10, 100]),
            "overlap": (("replicate", "start", "steps"), overlap),
            "states": (("replicate", "start"), [[5, 2], [5, 3], [5, 7], [5, 3]]),
            "density": ("replicate", [0.2, 0.3, 0.2, 0.3]),
        },
        attrs=IDENTITY,
    )
    table = feature_diagram.build([result])
    assert len(table) == 2 * 2 * 2
    row = table.set_index(["alpha_D", "start", "steps"]).loc[(0.2, "feature", 100)]
    assert row["overlap"] == pytest.approx((3 + 11) / 2 / 16)
    assert row["overlap_sem"] == pytest.approx(8 / 16 / 2)
    assert (row["n"], row["draws"], row["P"]) == (9, 2, 6)
    row = table.set_index(["alpha_D", "start", "steps"]).loc[(0.3, "train", 10)]
    assert row["overlap"] == pytest.approx((4 + 12) / 2 / 16)
    assert row["n"] == 10
