"""The error of perceptrons with a teacher, along the norm of the student."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = ("alpha", "curve", "norm", "error", "error_sem", "theory", "teachers")
BOUNDS = {
    "bayes": style.Look("Bayes", "#009E73", "", "-."),
    "gibbs": style.Look("Gibbs", style.GREY, "", (0, (1, 2))),
}


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each load: symbols measured, lines theory; rules without a norm are levels.

    ``table`` has a row for every (alpha, curve, norm). Rows without ``error`` are points of a line
    of theory. A norm that is 0, infinite or missing gives a horizontal line; its measured error is
    drawn at the left or the right end.
    """
    panels.require(table, "perceptron_rules", COLUMNS)
    loads = panels.values(table, "alpha")
    figure, axes = panels.grid(1, len(loads), width=_width(len(loads)), height=2.7)
    for ax, load in zip(axes.flat, loads, strict=True):
        rows = table[table["alpha"] == load]
        finite = rows[(rows["norm"] > 0) & np.isfinite(rows["norm"])]
        panels.log_axis(ax.xaxis, finite["norm"])
        for name in style.ordered(rows["curve"]):
            look = BOUNDS.get(name) or style.rule(name)
            of_curve = finite["curve"] == name
            if of_curve.any():
                _path(ax, finite[of_curve], look)
            else:
                _level(ax, rows[rows["curve"] == name], look)
        ax.set(
            title=rf"$\alpha$ = {style.number(load)}",
            xlabel=r"norm of the student $\lambda=|w|/\sqrt{N}$",
            ylabel=r"generalisation error $\varepsilon$",
        )
    counts = panels.values(table, "teachers")
    note = r"bars: $\pm 1$ standard error"
    if counts:
        note += f" over {style.number(counts[-1])} teachers; lines: theory"
    panels.legend(figure, axes.flat, title=note)
    panels.letters(axes.flat)
    return figure


def _width(count: int) -> float:
    return style.COLUMN if count == 1 else style.DOUBLE


def _path(ax: Axes, rows: pd.DataFrame, look: style.Look) -> None:
    panels.theory(ax, rows, "norm", "theory", look, linewidth=1.1)
    panels.points(ax, rows, "norm", "error", look, label=look.label)


def _level(ax: Axes, rows: pd.DataFrame, look: style.Look) -> None:
    """A horizontal line, and the measured error at its end of the path."""
    for theory in rows["theory"].dropna():
        ax.axhline(theory, color=look.color, linestyle=look.line, linewidth=0.9, label=look.label)
    measured = rows[rows["error"].notna()]
    for norm, error, sem in measured[["norm", "error", "error_sem"]].to_numpy(float):
        ax.errorbar(
            [1.0 if norm > 0 else 0.0],
            [error],
            [np.nan_to_num(sem)],
            transform=ax.get_yaxis_transform(),
            color=look.color,
            marker=look.marker,
            elinewidth=0.8,
            clip_on=False,
        )
