"""Size of the basins of attraction of random patterns, by rule."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = ("rule", "alpha", "objective", "half_overlap", "half_overlap_sem", "excess")
OBJECTIVE = "pseudo-likelihood"  # of the reference rules


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """The boundary against load, and its excess over that of the best PL.

    Pseudo-likelihoods are in the upper row, all other rules in the lower. ``table`` has one row per
    (rule, alpha): the smallest initial overlap from which half of the starts end above 0.95, NaN if
    there is none. Optional column ``first_step_theory``: the overlap from which the one-step map,
    iterated, retrieves, drawn as a dotted line. The panels on the right show ``excess``, the
    difference from the lowest PL rule at the load, with its own ``excess_sem``.
    """
    panels.require(table, "basins", COLUMNS)
    ours = table.loc[table["objective"] == OBJECTIVE, "rule"]
    groups = [table[table["rule"].isin(ours)], table[~table["rule"].isin(ours)]]
    groups = [group for group in groups if len(group)]
    figure, axes = panels.grid(len(groups), 2, width=style.DOUBLE, height=2.3, sharex=True)
    drawn = [_row(left, right, part) for (left, right), part in zip(axes, groups, strict=True)]
    for ax in axes[-1]:
        ax.set_xlabel(style.LOAD)
    extra = [panels.line("first-step theory", linestyle=":")] if any(drawn) else []
    panels.legend(figure, axes.flat, extra, panels.sample_note(table, "bars"))
    panels.letters(axes.flat)
    return figure


def _row(basins: Axes, margins: Axes, table: pd.DataFrame) -> bool:
    """Draw boundaries and excess of some rules; returns whether any has a theory."""
    predicted = False
    for name, rows in panels.rules(table):
        look = style.rule(name)
        panels.points(basins, rows, "alpha", "half_overlap", look, linestyle=look.line)
        dotted = {"linestyle": ":", "linewidth": 0.9}
        predicted |= panels.theory(basins, rows, "alpha", "first_step_theory", look, **dotted)
        panels.points(margins, rows, "alpha", "excess", look, linestyle=look.line)
    basins.set(ylim=(0, 1.03), ylabel=style.HALF_OVERLAP)
    margins.axhline(0, color=style.GREY, linewidth=0.6)
    panels.capped(margins, table["excess"])
    margins.set_ylabel(r"excess $m_{1/2}-m_{1/2}$(best PL)")
    return predicted
