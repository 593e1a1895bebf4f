"""The picture of a memory: the numbers of its retrieval map, on the axes that it returns."""

import sys

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from plmemory import InputError, Memory

SPINS = np.random.default_rng(6).choice([-1, 1], size=(12, 60))


@pytest.fixture(autouse=True)
def no_window():
    with matplotlib.rc_context({"backend": "agg"}):
        yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def test_the_curve_is_the_mean_of_the_map_with_a_band_of_one_standard_error():
    memory = Memory("hebb").fit(SPINS)
    ax = Figure().subplots()
    assert memory.plot(SPINS, ax, initial_overlaps=[0.2, 0.6, 1.0], max_steps=5) is ax
    begun, final = memory.retrieval_map(SPINS, [0.2, 0.6, 1.0], max_steps=5)
    (line,) = ax.lines
    np.testing.assert_allclose(line.get_xydata(), np.stack([begun.mean(1), final.mean(1)], 1))
    half = final.std(axis=1, ddof=1) / np.sqrt(12)
    assert half.max() > 0
    corners = {tuple(np.round(corner, 9)) for corner in ax.collections[0].get_paths()[0].vertices}
    for x, y, width in zip(begun.mean(1), final.mean(1), half, strict=True):
        assert {(round(x, 9), round(y - width, 9)), (round(x, 9), round(y + width, 9))} <= corners
    assert (line.get_label(), line.get_color()) == ("Hebb", "#000000")


def test_several_memories_share_axes_which_are_new_without_any():
    axes = Memory("hebb").fit(SPINS).plot(SPINS)
    same = Memory("pl", epochs=50).fit(SPINS).plot(SPINS, axes, label="mine")
    assert same is axes
    words = [text.get_text() for text in axes.get_legend().get_texts()]
    assert words == ["Hebb", "mine"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("initial overlap $m_0$", "final overlap $m$")
    diagonal, *curves = axes.lines
    assert len(curves) == 2
    assert diagonal.get_xydata().tolist() == [[0, 0], [1, 1]]
    assert (axes.get_xlim(), axes.get_ylim()) == ((0, 1), (0, 1.03))


def test_one_pattern_has_no_band():
    ax = Figure().subplots()
    Memory("hebb").fit(SPINS[:1]).plot(SPINS[:1], ax)
    assert len(ax.lines) == 1
    assert not ax.collections


def test_without_matplotlib_it_says_what_brings_it(monkeypatch):
    memory = Memory("hebb").fit(SPINS)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(InputError, match=r"^plot: found no matplotlib, expected it installed, as "):
        memory.plot(SPINS)
