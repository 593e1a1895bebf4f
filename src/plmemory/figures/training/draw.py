"""Training on random patterns: what gradient descent does to the couplings, and where it leads."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.look import Look

COLUMNS = (
    "rule",
    "alpha",
    "epoch",
    "loss",
    "norm",
    "asymmetry",
    "min_stability",
    "hebb_distance",
    "overlap",
)
HISTORY = {
    "loss": r"loss $\ell$ per site, pattern",
    "norm": r"norm of a row $\Vert J_i\Vert$",
    "asymmetry": r"asymmetry of $J$",
    "min_stability": r"smallest stability $\Delta_i^\mu$",
    "hebb_distance": r"distance of $J$ to Hebb",
    "overlap": r"retrieved overlap $m$",
}
THEORY = Look("theory", "#404040", "")
# Along the path of growing λ‖J‖: quantity, its exact prediction at fixed norm, label.
PATH = (
    ("mean_stability", "mean_stability_theory", r"mean stability $\langle\Delta\rangle$"),
    ("min_stability", "margin_theory", r"smallest stability $\Delta_i^\mu$"),
    ("half_overlap", "half_overlap_theory", style.HALF_OVERLAP),
)


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Six histories against epochs; with the optional columns also the path from Hebb on.

    ``table`` has one row per (rule, alpha, epoch), means over replicates; a line style is a load.
    Optional: ``b`` = λ‖J_i‖ (mean over rows), which adds a row of panels against b with, where
    given, ``mean_stability`` and ``mean_stability_theory`` (replica-symmetric, fixed norm),
    ``margin_theory`` (the largest possible smallest stability, Gardner's κ), ``half_overlap``,
    ``half_overlap_sem`` and ``half_overlap_theory`` (first-step). Rows without an epoch are
    optima: symbols at their b, and levels where b is infinite.
    """
    panels.require(table, "training", COLUMNS)
    path = [entry for entry in PATH if panels.has(table, entry[0])]
    path = path if panels.has(table, "b") else []
    figure, axes = panels.grid(3 if path else 2, 3, width=style.DOUBLE, height=1.75)
    loads = panels.values(table, "alpha")
    history = table[table["epoch"].notna()]
    for ax, (column, label) in zip(axes.flat, HISTORY.items(), strict=False):
        _histories(ax, history, loads, "epoch", column)
        ax.set(xlabel="epoch", ylabel=label)
        panels.log_axis(ax.xaxis, history["epoch"])
    for column in ("loss", "norm"):
        panels.log_axis(axes.flat[list(HISTORY).index(column)].yaxis, history[column])
    axes.flat[5].set_ylim(top=1.03)
    predicted = False
    for ax, (column, prediction, label) in zip(axes.flat[6:], path, strict=False):
        _histories(ax, history, loads, "b", column)
        _optima(ax, table[table["epoch"].isna()], loads, column)
        for load, dashes in panels.dashed(loads):
            rows = table[table["alpha"] == load]
            predicted |= panels.theory(
                ax, rows, "b", prediction, THEORY, linestyle=dashes, linewidth=0.7
            )
        ax.set(xlabel=r"reduced norm $b=\lambda\Vert J_i\Vert$", ylabel=label)
        panels.log_axis(ax.xaxis, table["b"])
    shown = list(axes.flat[: 6 + len(path)])
    for ax in axes.flat[6 + len(path) :]:
        ax.set_axis_off()
    extra = [
        panels.line(rf"$\alpha$ = {style.number(load)}", style.GREY, linestyle=dashes)
        for load, dashes in panels.dashed(loads)
    ]
    if predicted:
        extra.append(panels.line("theory at fixed norm (i: first step)", linewidth=0.8))
    panels.legend(figure, shown, extra)
    panels.letters(shown)
    return figure


def _histories(ax: Axes, table: pd.DataFrame, loads: list[float], x: str, y: str) -> None:
    for name, rows in panels.rules(table):
        look = style.rule(name)
        for load, dashes in panels.dashed(loads):
            part = rows[rows["alpha"] == load]
            panels.curve(ax, part, x, y, look, linestyle=dashes, marker="")


def _optima(ax: Axes, table: pd.DataFrame, loads: list[float], column: str) -> None:
    for name, rows in panels.rules(table):
        look = style.rule(name)
        panels.points(ax, rows, "b", column, look)
        for load, dashes in panels.dashed(loads):
            limit = rows[(rows["alpha"] == load) & np.isinf(rows["b"])]
            for level in limit[column].dropna():
                ax.axhline(level, color=look.color, linestyle=dashes, linewidth=0.8)
