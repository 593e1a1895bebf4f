"""Couplings of random patterns during gradient descent, epoch by epoch."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = ("rule", "alpha", "epoch", "loss", "norm", "hebb_distance", "overlap")
HISTORY = {
    "loss": r"loss $\ell$ per site, pattern",
    "norm": r"norm of a row $\Vert J_i\Vert$",
    "hebb_distance": r"1 $-$ cosine of $J_i$ with Hebb's",
    "overlap": r"retrieved overlap $m$",
}
LOGARITHMIC = ("loss", "norm")


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each quantity against epochs.

    ``table`` has one row per (rule, alpha, epoch), means over replicates; line styles are loads.
    """
    panels.require(table, "training", COLUMNS)
    figure, axes = panels.grid(2, 2, width=style.DOUBLE, height=2.0)
    loads = panels.values(table, "alpha")
    table = table[table["epoch"] > 0]  # the axis is logarithmic
    for ax, (column, label) in zip(axes.flat, HISTORY.items(), strict=True):
        for name, rows in panels.rules(table):
            for load, dashes in panels.dashed(loads):
                part = rows[rows["alpha"] == load]
                panels.curve(ax, part, "epoch", column, style.rule(name), linestyle=dashes)
        ax.set(xlabel="epoch", ylabel=label)
        panels.log_axis(ax.xaxis, table["epoch"])
        if column in LOGARITHMIC:
            panels.log_axis(ax.yaxis, table[column])
    axes.flat[-1].set_ylim(top=1.03)
    panels.legend(figure, axes.flat, panels.load_lines(loads))
    panels.letters(axes.flat)
    return figure
