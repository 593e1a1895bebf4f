"""Tables of the moments of stabilities, of symmetric couplings and of images, by hand."""

import math

import numpy as np
import pytest
import xarray as xr

from plmemory.figures.examples import table as examples
from plmemory.figures.stability_moments import table as moments
from plmemory.figures.symmetry import table as symmetry

DESCRIBED = {"kind": "random", "title": "random", "columns": {}, "provides": ["independent"]}
ATTRIBUTES = {"dataset": "toy", "alpha": 0.25, "patterns": 3, "converged": 1, "l2": 0.0}
ATTRIBUTES |= {"symmetric": 0, "b": 2.5, "inverse_temperature": 0.7, "described": DESCRIBED}


def stored(rule, alpha, **measured):
    """What storage measured, a list of the replicates' values each."""
    variables = {name: ("replicate", values) for name, values in measured.items()}
    return xr.Dataset(variables, attrs=ATTRIBUTES | {"rule": rule, "method": rule, "alpha": alpha})


def test_moments_of_stabilities_stand_beside_the_exact_ones():
    first = {"mean_stability": [1.0, 2.0, 6.0], "std_stability": [0.2, 0.4, 0.3]}
    first |= {"min_stability": [-1.0, -3.0, -2.0]}
    second = {name: [value + 0.5 for value in values] for name, values in first.items()}
    # Of Hebb's rule: mean 1 / sqrt(alpha), variance one.
    table = moments.build(
        [
            stored("hebb", 0.25, **first),
            stored("storkey", 0.25, **second).assign_attrs(converged=0),
            stored("hebb", 1.0, **second),
        ]
    )
    measured = table[table["mean"].notna()].reset_index(drop=True)
    assert measured["rule"].tolist() == ["hebb", "storkey", "hebb"]
    assert measured["alpha"].tolist() == [0.25, 0.25, 1.0]
    assert measured["converged"].tolist() == [True, False, True]
    assert measured["b"].tolist() == [2.5] * 3
    row = measured.iloc[0]
    assert [row["mean"], row["std"], row["min"]] == pytest.approx([3, 0.3, -2])
    sems = [math.sqrt(7 / 3), 0.1 / math.sqrt(3), 1 / math.sqrt(3)]
    assert [row["mean_sem"], row["std_sem"], row["min_sem"]] == pytest.approx(sems)
    assert measured["theory_mean"].tolist()[::2] == pytest.approx([2, 1])
    assert measured["theory_std"].tolist()[::2] == pytest.approx([1, 1])
    assert measured.loc[1, ["theory_mean", "theory_std"]].isna().all()
    between = table[table["mean"].isna()]
    assert set(between["rule"]) == {"hebb"}
    assert between["alpha"].between(0.25, 1, inclusive="neither").all()
    np.testing.assert_allclose(between["theory_mean"], between["alpha"] ** -0.5)
    np.testing.assert_allclose(between["theory_std"], 1)
    assert set(between["b"]) == {2.5}


def test_symmetry_has_a_row_a_quantity_each_its_own():
    names = {
        "half_overlap": "half_overlap",
        "critical_overlap": "critical_overlap",
        "mean_stability": "mean_stability",
        "min_stability": "min_stability",
        "asymmetry": "asymmetry",
        "fixed_point_fraction": "random_fixed_fraction",
        "cycle_fraction": "random_cycle_fraction",
        "unsettled_fraction": "random_unsettled_fraction",
        "steps": "random_steps",
    }
    measured = {source: [k + 0.1, k + 0.3] for k, source in enumerate(names.values())}
    measured["min_stability"] = [0.5, math.nan]
    table = symmetry.build([stored("hebb", 0.25, **measured), stored("storkey", 0.25, **measured)])
    assert len(table) == 2 * len(names)
    rows = table[table["rule"] == "hebb"].set_index("quantity")
    for k, quantity in enumerate(names):
        row = rows.loc[quantity]
        if quantity == "min_stability":  # a draw without a number is not left out of the mean
            assert math.isnan(row["value"])
            assert math.isnan(row["value_sem"])
            continue
        assert row["value"] == pytest.approx(k + 0.2)
        assert row["value_sem"] == pytest.approx(0.1)
        assert (row["alpha"], row["converged"]) == (0.25, True)
    # Hebb's rule: 1 / sqrt(alpha); of nothing else is theory known here.
    assert rows.loc["mean_stability", "value_theory"] == pytest.approx(2)
    assert rows.drop("mean_stability")["value_theory"].isna().all()
    assert table.loc[table["rule"] == "storkey", "value_theory"].isna().all()


def test_images_are_laid_out_row_by_row_with_their_labels():
    rng = np.random.default_rng(1)
    states = rng.permutation(2 * 3 * 2 * 6).reshape(2, 3, 2, 6)

    def result(shift, alpha):
        return xr.Dataset(
            {
                "state": (("set", "stage", "example", "site"), states + shift),
                "label": (("set", "example"), [[7, 3], [5, 7]]),
                "set": ("set", ["train", "test"]),
                "stage": ("stage", ["original", "corrupted", "retrieved"]),
            },
            attrs={"image_shape": [2, 3], "alpha": alpha},
        )

    table = examples.build([result(0, 0.5), result(100, 2.0)])
    assert len(table) == 2 * states.size
    for shift, alpha in ((0, 0.5), (100, 2.0)):
        for a, kind in enumerate(("train", "test")):
            for b, stage in enumerate(("original", "corrupted", "retrieved")):
                for c in range(2):
                    here = table[
                        (table["alpha"] == alpha)
                        & (table["set"] == kind)
                        & (table["stage"] == stage)
                        & (table["example"] == c)
                    ]
                    assert set(here["label"]) == {[[7, 3], [5, 7]][a][c]}
                    picture = here.pivot(index="row", columns="column", values="value")
                    expected = states[a, b, c].reshape(2, 3) + shift
                    np.testing.assert_array_equal(picture.to_numpy(), expected)
