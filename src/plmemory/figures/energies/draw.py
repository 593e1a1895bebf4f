"""Spin glass: energies after the dynamics, with the true and with the learnt couplings."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = ("P", "alpha", "start", "energy", "learnt_energy")
LABELS = {
    "energy": "energy per site\nof the true couplings",
    "learnt_energy": "energy per site\nof the learnt ones, $\\times\\,\\lambda T$",
}

DEEP = -10  # energy below which an axis is logarithmic: only few patterns are learnt so deeply


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Energy per site by start against load, with true couplings above and learnt ones below.

    ``table`` has one row per (rule, P, start). Rows of P = alpha = inf used the true couplings:
    horizontal lines. There is a column of panels for each system, identified by the optional ``L``
    and ``T``. Optional: ``rule`` (line style), energy_sem, learnt_energy_sem.
    """
    panels.require(table, "energies", COLUMNS)
    table = panels.optional(table, rule="", L=0.0, T=0.0)
    systems = table[["L", "T"]].drop_duplicates().sort_values(["L", "T"]).to_numpy()
    limit = np.isposinf(table["P"])
    names = style.ordered(table.loc[~limit, "rule"])
    width = style.COLUMN if len(systems) == 1 else style.DOUBLE
    figure, axes = panels.grid(2, len(systems), width=width, height=1.9, sharex=True)
    for column, (size, temperature) in zip(axes.T, systems, strict=True):
        here = (table["L"] == size) & (table["T"] == temperature)
        for ax, quantity in zip(column, LABELS, strict=True):
            if table[quantity].min() < DEEP:
                ax.set_yscale("symlog", linthresh=2, linscale=2)
            for place, name in enumerate(names):
                rows = table[here & ~limit & (table["rule"] == name)]
                for kind, reached in panels.starts(rows):
                    look = style.start(kind)
                    if place:
                        look = look._replace(line=style.LINES[place % len(style.LINES)])
                    panels.curve(ax, reached, "alpha", quantity, look)
            for kind, level in panels.starts(table[here & limit]):
                for value in level[quantity]:
                    color = style.start(kind).color
                    ax.axhline(value, color=color, linestyle="--", linewidth=0.6, zorder=0)
        column[0].set_title(
            f"$L$ = {style.number(size)}, $T$ = {style.number(temperature)}" if size else ""
        )
        column[1].set_xlabel(style.LOAD)
    panels.log_axis(axes[0, 0].xaxis, table["alpha"])
    for ax, label in zip(axes[:, 0], LABELS.values(), strict=True):
        ax.set_ylabel(label)
    extra = []
    if limit.any():
        extra = [panels.line(r"dynamics of the true couplings", linestyle="--", linewidth=0.6)]
    panels.legend(figure, axes.flat, extra, panels.sample_note(table))
    panels.letters(axes.flat)
    return figure
