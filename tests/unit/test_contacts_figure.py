"""What the figure of contacts draws is the table: each curve, band, null model and pair."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from plmemory.figures.contacts import draw as contacts
from plmemory.figures.shared import style

RANKS = np.array([1, 5, 40])
BASE = {"heavy": 0.9, "beta": 0.5}  # of the curve of PL; others are below


def made_up(family="two", shift=0.0):
    rows = [
        {"kind": "length", "value": 20.0},
        {"kind": "sequences", "value": 1234.0},
    ]
    for definition, base in BASE.items():
        for rule, less in (("potts_contacts", 0.0), ("mean_field", 0.1)):
            for rank in RANKS:
                value = base - less - shift - rank / 1000
                curve = {"definition": definition, "rule": rule, "rank": rank}
                rows.append({"kind": "precision", **curve, "value": value, "value_sem": base / 50})
                pair = {"i": rank, "j": rank + 7 + (definition == "beta")}
                rows.append({"kind": "predicted", **curve, **pair, "value": float(rank < 5)})
        chain = [{"kind": "chain", "rank": rank, "value": base / 3} for rank in RANKS]
        rows += [{**row, "definition": definition} for row in chain]
        rows.append({"kind": "chance", "definition": definition, "value": base / 10})
        rows.append({"kind": "contact", "definition": definition, "i": 2, "j": 9 + (base < 0.6)})
    return pd.DataFrame(rows).assign(family=family, title=family.upper())


def line(ax, color, style="-"):
    (found,) = [
        one
        for one in ax.lines
        if to_hex(one.get_color()) == color.lower()
        and one.get_linestyle() == style
        and len(one.get_xdata()) == len(RANKS)
    ]
    return np.array(found.get_data())


@pytest.fixture(scope="module")
def axes():
    table = pd.concat([made_up(), made_up("one", 0.05)], ignore_index=True)
    return np.reshape(contacts.draw(table).axes, (2, 3))


@pytest.mark.parametrize("place", [0, 1])
def test_each_definition_has_its_own_panel(axes, place):
    base = list(BASE.values())[place]
    for row, shift in ((0, 0.05), (1, 0.0)):  # families by name
        ax = axes[row, place]
        for rule, less in (("potts_contacts", 0.0), ("mean_field", 0.1)):
            look = contacts.BASELINE if less else style.rule(rule)
            x, y = line(ax, look.color)
            np.testing.assert_array_equal(x, RANKS)
            np.testing.assert_allclose(y, base - less - shift - RANKS / 1000)
        bands = [band.get_paths()[0].vertices[:, 1] for band in ax.collections]
        low = min(band.min() for band in bands)
        assert low == pytest.approx(base - 0.1 - shift - 0.04 - base / 50)
        np.testing.assert_allclose(line(ax, style.GREY)[1], base / 3)
        levels = [one.get_ydata()[0] for one in ax.lines if one.get_linestyle() == ":"]
        assert levels == pytest.approx([base / 10])
        assert ax.get_title().startswith(("ONE", "TWO")[row] + ", $P$ = 1234")


def test_the_map_has_the_pairs_of_pseudo_likelihood_by_heavy_atoms(axes):
    known, mirrored, right, wrong = (c.get_offsets().tolist() for c in axes[1, 2].collections)
    assert known == [[2, 9]]
    assert mirrored == [[9, 2]]
    assert right == [[1, 8]]
    assert wrong == [[5, 12], [40, 47]]
