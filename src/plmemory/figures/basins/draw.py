"""Size of the basins of attraction of random patterns: which rule retrieves from farthest?"""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = ("rule", "alpha", "half_overlap", "half_overlap_sem", "excess")


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """The boundary against load, and by how much it exceeds that of the best PL.

    ``table`` has one row per (rule, alpha): the smallest initial overlap from which half of the
    starts end above 0.95, NaN where there is none. Optional column ``first_step_theory``: the
    overlap from which the one-step map, iterated, retrieves, drawn as a dotted line. The second
    panel shows ``excess``, the difference from the lowest PL rule at the load, with its own
    ``excess_sem``.
    """
    panels.require(table, "basins", COLUMNS)
    figure, axes = panels.grid(1, 2, width=style.DOUBLE, height=2.9)
    basins, margins = axes.flat
    predicted = False
    for name, rows in panels.rules(table):
        look = style.rule(name)
        panels.points(basins, rows, "alpha", "half_overlap", look, linestyle=look.line)
        dotted = {"linestyle": ":", "linewidth": 0.9}
        drawn = panels.theory(basins, rows, "alpha", "first_step_theory", look, **dotted)
        predicted = predicted or drawn
        panels.points(margins, rows, "alpha", "excess", look, linestyle=look.line)
    basins.set(ylim=(0, 1.03), ylabel=style.HALF_OVERLAP)
    margins.axhline(0, color=style.GREY, linewidth=0.6)
    margins.set_ylabel(r"excess $m_{1/2}-m_{1/2}$(best PL)")
    for ax in (basins, margins):
        ax.set_xlabel(style.LOAD)
    panels.capped(margins, table["excess"])
    extra = [panels.line("first-step theory", linestyle=":")] if predicted else []
    panels.legend(figure, (basins, margins), extra, panels.sample_note(table, "bars"))
    panels.letters((basins, margins))
    return figure
