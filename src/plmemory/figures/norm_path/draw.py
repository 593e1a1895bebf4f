"""The path of gradient descent along the optima at fixed norm, to maximum stability."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.look import Look

COLUMNS = ("rule", "alpha", "epoch", "b", "mean_stability", "min_stability", "half_overlap")
THEORY = Look("theory at fixed norm", "#606060", "")
QUANTITIES = {
    "mean_stability": r"mean stability $\langle\Delta\rangle$",
    "min_stability": r"smallest stability $\min\Delta_i^\mu$",
    "half_overlap": style.HALF_OVERLAP,
}


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each quantity against the scaled norm; line styles are loads.

    ``table`` has one row per (rule, alpha, epoch), means over replicates. Rows without an epoch
    are optima: symbols at their b, or horizontal lines if b is infinite. Optional, for each
    quantity: ``<quantity>_sem`` and ``<quantity>_theory``; ``margin_theory``, Gardner's smallest
    stability.
    """
    panels.require(table, "norm_path", COLUMNS)
    figure, axes = panels.grid(1, 3, width=style.DOUBLE, height=2.3)
    loads = panels.values(table, "alpha")
    history, optima = table[table["epoch"].notna()], table[table["epoch"].isna()]
    extra = panels.load_lines(loads)
    predicted = False
    for ax, (column, label) in zip(axes.flat, QUANTITIES.items(), strict=True):
        for load, dashes in panels.dashed(loads):
            rows = table[table["alpha"] == load]
            thin = {"linestyle": dashes, "linewidth": 0.7}
            predicted |= panels.theory(ax, rows, "b", f"{column}_theory", THEORY, **thin)
            _descents(ax, history[history["alpha"] == load], column, dashes)
            _optima(ax, optima[optima["alpha"] == load], column, dashes)
        ax.set(xlabel=r"reduced norm $b=\lambda\Vert J_i\Vert$", ylabel=label)
        panels.log_axis(ax.xaxis, table["b"])
    if predicted:
        extra.append(panels.line("theory at fixed norm", THEORY.color, linewidth=0.7))
    if panels.has(table, "margin_theory"):
        for load in loads:
            for margin in panels.values(table[table["alpha"] == load], "margin_theory")[:1]:
                arrow = {"marker": "<", "markersize": 4, "color": THEORY.color, "clip_on": False}
                axes[0, 1].plot([1], [margin], transform=axes[0, 1].get_yaxis_transform(), **arrow)
        extra.append(panels.line(r"b: Gardner's $\kappa$", THEORY.color, marker="<", linestyle=""))
    panels.legend(figure, axes.flat, extra, panels.sample_note(table))
    panels.letters(axes.flat)
    return figure


def _descents(ax: Axes, table: pd.DataFrame, column: str, dashes: object) -> None:
    for name, rows in panels.rules(table):
        panels.curve(ax, rows, "b", column, style.rule(name), linestyle=dashes, marker="")


def _optima(ax: Axes, table: pd.DataFrame, column: str, dashes: object) -> None:
    for name, rows in panels.rules(table):
        look = style.rule(name)
        panels.points(ax, rows, "b", column, look)
        for level in rows.loc[np.isinf(rows["b"]), column].dropna():
            ax.axhline(level, color=look.color, linestyle=dashes, linewidth=0.8)
