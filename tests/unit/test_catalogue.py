"""The catalogue of attractors as images: its table, counted by hand, and what is drawn of it."""

import numpy as np
import pytest
import xarray as xr
from unit.made_up_tables import TABLES

from plmemory.figures.catalogue import table
from plmemory.figures.catalogue.draw import ACROSS, draw

WIDE, HIGH = 3, 2


def search_result():
    """Two replicates, two training, five test and eight random starts; seven attractors."""
    return xr.Dataset(
        {
            "start": ("start", ["train", "test", "random"]),
            "trajectory_start": ("trajectory", [0] * 2 + [1] * 5 + [2] * 8),
            "attractor_replicate": ("attractor", [0, 1, 0, 0, 1, 0, 0]),
            "attractor_starts": (
                ("start", "attractor"),
                [[1, 2, 0, 1, 0, 0, 0], [1, 5, 3, 0, 0, 0, 1], [2, 0, 0, 2, 8, 3, 0]],
            ),
            "attractor_period": ("attractor", [1, 1, 2, 1, 1, 4, 1]),
            "attractor_nearest_train": ("attractor", np.arange(7) / 10),
            "attractor_nearest_test": ("attractor", 1 - np.arange(7) / 10),
            # Its number in binary, the first digit in the first row and column.
            "attractor_state": (
                ("attractor", "site"),
                2 * (np.arange(7)[:, None] >> np.arange(5, -1, -1) & 1) - 1,
            ),
        },
        attrs={"dataset": "faces", "rule": "pl", "alpha": 0.5, "patterns": 3, "converged": 1},
    )


def test_attractors_stand_by_the_share_of_the_starts_that_end_in_them():
    pools = [
        xr.Dataset(attrs={"dataset": name, "image_shape": shape})
        for name, shape in (("others", [6, 1]), ("faces", [HIGH, WIDE]))
    ]
    made = table.build(pools, [search_result()])
    assert len(made) == 6 * HIGH * WIDE
    assert set(made["P"]) == {3}
    one = made.drop_duplicates(["start", "rank"]).set_index(["start", "rank"])
    # Of the first replicate, most starts first, equal ones in the order of the catalogue.
    expected = {
        ("test", 1): (2, 3 / 5),
        ("test", 2): (0, 1 / 5),
        ("test", 3): (6, 1 / 5),
        ("random", 1): (5, 3 / 8),
        ("random", 2): (0, 2 / 8),
        ("random", 3): (3, 2 / 8),
    }
    assert list(one.index) == list(expected)
    for (start, rank), (place, share) in expected.items():
        found = one.loc[start, rank]
        assert (found["n"], found["share"]) == ({"test": 5, "random": 8}[start], share)
        assert found["nearest_train"] == pytest.approx(place / 10)
        assert found["nearest_test"] == pytest.approx(1 - place / 10)
        pixels = made[(made["start"] == start) & (made["rank"] == rank)]
        image = pixels.pivot(index="row", columns="column", values="value").to_numpy()
        digits = "".join("1" if spin > 0 else "0" for spin in image.ravel())
        assert image.shape == (HIGH, WIDE)
        assert int(digits, 2) == place
    assert one.loc["test", 1]["share_sem"] == pytest.approx(np.sqrt(0.6 * 0.4 / 5))
    assert one["period"].tolist() == [2, 1, 1, 4, 1, 1]


def test_no_more_than_the_first_attractors_are_kept(monkeypatch):
    monkeypatch.setattr(table, "MOST", 2)
    pool = xr.Dataset(attrs={"dataset": "faces", "image_shape": [HIGH, WIDE]})
    assert table.build([pool], [search_result()])["rank"].max() == 2


def test_starts_of_which_none_settled_are_told_without_a_picture():
    pool = xr.Dataset(attrs={"dataset": "faces", "image_shape": [HIGH, WIDE]})
    settled = search_result()
    nothing = settled.assign(attractor_starts=settled["attractor_starts"] * [[1], [0], [1]])
    made = table.build([pool], [nothing])
    assert made.loc[made["start"] == "test", ["n", "rank", "value"]].fillna(-1).to_numpy() == (
        pytest.approx(np.array([[5, -1, -1]]))
    )
    assert made.loc[made["start"] == "random", "rank"].max() == 3
    assert set(made) == set(table.build([pool], [settled]))
    first, second = draw(made).axes
    assert [text.get_text() for text in first.texts] == ["none settled"]
    assert not second.texts
    assert len(second.images) == 1


def test_the_first_are_drawn_with_their_shares_below():
    made = TABLES["catalogue"][1]()
    alone = made["rank"] == 4  # no start ends elsewhere
    made.loc[alone, ["share", "share_sem"]] = 1.0, 0.0
    panels = draw(made).axes
    assert len(panels) == 4
    for ax in panels:
        labels = [label.get_text() for label in ax.get_xticklabels()]
        assert len(labels) == ACROSS
        assert labels[:4] == [
            "30 ± 1\n0.75",
            "15.0 ± 0.5\n0.75",
            "10.0 ± 0.3\n0.75",
            "100 ± 0\n0.75",
        ]
        shades = np.asarray(ax.get_images()[0].get_array())
        # Ink: rank modulo four of the four rows of three pixels.
        assert (shades == 0.1).sum() == 3 * sum(rank % 4 for rank in range(1, ACROSS + 1))
