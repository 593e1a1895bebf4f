"""Basins of training and of unseen examples, with a panel for each load."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = (
    "rule",
    "alpha",
    "start",
    "initial_overlap",
    "final_overlap",
    "nearest_train_overlap",
    "consensus_overlap",
)
NULLS = {
    # column: its line and its name in the legend
    "nearest_train_overlap": (":", "unseen example to nearest training example"),
    "consensus_overlap": ("-.", "unseen example to consensus"),
}


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A row of panels for each rule, a panel for each load: final against initial overlap.

    ``table`` has one row per (rule, alpha, start, initial_overlap), start in train, test; null
    models are for test.
    """
    panels.require(table, "basin_maps", COLUMNS)
    rules, loads = style.ordered(table["rule"]), panels.values(table, "alpha")
    width = style.COLUMN if len(loads) == 1 else style.DOUBLE
    figure, axes = panels.grid(
        len(rules), len(loads), width=width, height=2.4, sharex=True, sharey=True
    )
    for row, name in zip(axes, rules, strict=True):
        for ax, load in zip(row, loads, strict=True):
            here = table[(table["rule"] == name) & (table["alpha"] == load)]
            for kind, rows in panels.starts(here):
                panels.curve(ax, rows, "initial_overlap", "final_overlap", style.start(kind))
            for column, (line, _) in NULLS.items():
                for level in here[column].dropna().unique():
                    ax.axhline(level, color=style.GREY, linestyle=line, linewidth=0.8, zorder=0)
            ax.plot([0, 1], [0, 1], color=style.GREY, linewidth=0.5, zorder=0)
            ax.set(xlim=(0, 1), ylim=(0, 1.03), xlabel=style.INITIAL_OVERLAP)
            ax.set_title(rf"{style.rule(name).label}, $\alpha$ = {style.number(load)}")
        row[0].set_ylabel(style.FINAL_OVERLAP)
    extra = [panels.line(r"$m = m_0$", style.GREY, linewidth=0.5)]
    extra += [
        panels.line(label, style.GREY, linewidth=0.8, linestyle=line)
        for column, (line, label) in NULLS.items()
        if panels.has(table, column)
    ]
    panels.legend(figure, axes.flat, extra, panels.sample_note(table))
    panels.letters(axes.flat)
    return figure
