"""More loads than fit side by side: each has its panel, and what is left empty is switched off."""

import importlib

import numpy as np
import pandas as pd
import pytest
from unit.made_up_tables import TABLES
from unit.test_drawn import SHEET, on_lines, pairs, times, told_apart

from plmemory.figures.shared import panels, style

LOADS = (0.15, 0.25, 0.4, 0.55, 0.7)


def axes_of(figure):
    return [ax for ax in figure.axes if ax.axison]


@pytest.mark.parametrize("case", ["retrieval_maps", "recall_temperature", "steps"])
def test_every_load_has_its_panel(case):
    kind, made = TABLES[case]
    one = made()
    one = one[one["alpha"] == one["alpha"].iloc[0]]
    if case == "steps":  # a panel for each rule as well
        one = one[one["rule"] == one["rule"].iloc[0]]
    table = told_apart(pd.concat([one.assign(alpha=a) for a in LOADS], ignore_index=True))
    figure = importlib.import_module(f"plmemory.figures.{kind}.draw").draw(table, SHEET)
    assert all(ax.has_data() for ax in axes_of(figure))
    shown = {}
    for ax in axes_of(figure):
        for load in LOADS:
            if ax.get_title().endswith(f"= {load:g}"):
                shown.setdefault(load, []).append(ax)
    assert shown.keys() == set(LOADS)
    places = [ax.get_position().bounds for ax in axes_of(figure)]
    assert len(set(places)) == len(places)
    for x, y, _ in pairs(case):
        for load, rows in table.groupby("alpha"):
            titled = np.concatenate([on_lines(Panel(ax)) for ax in beside(figure, shown[load])])
            for _, row in rows[np.isfinite(rows[x]) & np.isfinite(rows[y])].iterrows():
                assert times(titled, row[x], row[y]) == 1, (load, x, y)


class Panel:
    """A figure of one panel."""

    def __init__(self, ax):
        self.axes = [ax]


def beside(figure, axes):
    """These panels and the ones right below them, which have no title."""
    found = list(axes)
    for ax in axes:
        left, top = ax.get_position().x0, ax.get_position().y0
        below = [b for b in axes_of(figure) if b.get_position().y0 < top - 1e-9]
        below = [b for b in below if abs(b.get_position().x0 - left) < 1e-9]
        if below and not (nearest := max(below, key=lambda b: b.get_position().y0)).get_title():
            found.append(nearest)
    return found


@pytest.mark.parametrize("count", [2, 12])
def test_panels_keep_their_height_under_a_long_legend(count):
    @style.styled
    def draw(_):
        figure, axes = panels.grid(1, 1, width=style.COLUMN, height=2)
        for k in range(count):
            axes[0, 0].plot([0, 1], label=f"a label so long that none stands beside it, {k}")
        panels.legend(figure, axes.flat, title="bands, states")
        figure.draw_without_rendering()
        return figure

    figure = draw(pd.DataFrame())
    assert 1.4 < figure.get_figheight() * figure.axes[0].get_position().height < 2
