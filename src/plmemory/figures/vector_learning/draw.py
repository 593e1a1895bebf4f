"""Learning rules for vector spins against the load."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = (
    "d",
    "rule",
    "alpha",
    "initial_overlap",
    "median_overlap",
    "retrieved",
    "retrieved_sem",
    "one_step_overlap",
    "capacity",
)
FIRST = "one_step_overlap"
QUANTITIES = {
    "median_overlap": "median final overlap",
    "retrieved": r"fraction retrieved ($m > 0.7$)",
    FIRST: r"one step from the pattern, $m_1$",
}


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Median overlap, fraction retrieved, first step; dashed for all m0 except the largest."""
    panels.require(table, "vector_learning", COLUMNS)
    figure, axes = panels.grid(1, 3, width=style.DOUBLE, height=2.3)
    initial = panels.values(table, "initial_overlap")
    for name, rows in panels.rules(table):
        look = style.rule(name)
        for overlap in reversed(initial):
            whole = overlap == initial[-1]
            at = rows[rows["initial_overlap"] == overlap]
            shown = look if whole else look._replace(line="--", hollow=True, label="_")
            for ax, quantity in zip(axes.flat, QUANTITIES, strict=True):
                if whole or quantity != FIRST:
                    panels.curve(ax, at, "alpha", quantity, shown, linewidth=0.8)
        for capacity in panels.values(rows, "capacity"):
            for ax in axes.flat:
                ax.axvline(capacity, color=look.color, linestyle=":", linewidth=0.8, zorder=0)
    for ax, label in zip(axes.flat, QUANTITIES.values(), strict=True):
        panels.log_axis(ax.xaxis, table["alpha"])
        ax.set(xlabel=style.LOAD, ylabel=label, ylim=(-0.03, 1.03))
    extra = [panels.line("exact capacity", linestyle=":", linewidth=0.8)]
    for overlap in reversed(initial):
        dash = "-" if overlap == initial[-1] else "--"
        extra.append(panels.line(rf"$m_0$ = {overlap:g}", linestyle=dash, linewidth=0.8))
    panels.legend(figure, axes.flat, extra, panels.sample_note(table))
    panels.letters(axes.flat)
    return figure
