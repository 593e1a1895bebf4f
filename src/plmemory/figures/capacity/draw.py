"""The number of random patterns that each rule stores: fixed points, stable sites, retrieval."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = ("rule", "alpha", "fixed_point_fraction", "stable_site_fraction")
QUANTITIES = {
    "fixed_point_fraction": "fraction of patterns fixed",
    "stable_site_fraction": "fraction of sites stable",
    "final_overlap": r"overlap $m$, started on pattern",
}


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each quantity against load; dotted vertical lines are exact capacities.

    ``table`` has one row per (rule, alpha). Optional: ``final_overlap`` (overlap with the pattern
    after the dynamics started on it, a third panel), for each quantity ``<quantity>_sem`` and
    ``<quantity>_theory`` (a line), and ``capacity``, the exact capacity of the rule (0.138, 1, 2).
    """
    panels.require(table, "capacity", COLUMNS)
    present = [quantity for quantity in QUANTITIES if quantity in table]
    figure, axes = panels.grid(1, len(present), width=style.DOUBLE, height=2.3)
    predicted = False
    for ax, quantity in zip(axes.flat, present, strict=True):
        for name, rows in panels.rules(table):
            look = style.rule(name)
            line = {"linewidth": 1.4, "alpha": 0.6}
            if panels.theory(ax, rows, "alpha", f"{quantity}_theory", look, **line):
                predicted = True
                panels.points(ax, rows, "alpha", quantity, look)
            else:
                panels.curve(ax, rows, "alpha", quantity, look)
            if panels.has(rows, "capacity"):
                capacity = panels.values(rows, "capacity")[0]
                ax.axvline(capacity, color=look.color, linestyle=":", linewidth=0.8, zorder=0)
        ax.set(xlabel=style.LOAD, ylabel=QUANTITIES[quantity])
        ax.set_ylim(top=1.03)
    extra = []
    if panels.has(table, "capacity"):
        extra.append(panels.line("exact capacity", linestyle=":", linewidth=0.8))
    if predicted:
        extra.append(panels.line("theory", linewidth=1.4, alpha=0.6))
    panels.legend(figure, axes.flat, extra, panels.sample_note(table))
    panels.letters(axes.flat)
    return figure
