"""Mean, spread and smallest value of the stabilities against load, compared with theory."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = ("rule", "alpha", "b", "mean", "std", "min", "theory_mean", "theory_std")
TOLERANCE = 2  # per cent


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Three moments against load, theory as lines, and the deviation of two of them from theory.

    ``table`` has one row per (rule, alpha, b); b is the given scaled norm, NaN for rules without
    such a setting; theory_mean and theory_std are NaN where unknown. Optional: mean_sem, std_sem,
    min_sem over replicates.
    """
    panels.require(table, "stability_moments", COLUMNS)
    figure, axes = panels.grid(2, 2, width=style.DOUBLE, height=2.0, sharex=True)
    mean, std, smallest, deviation = axes.flat
    predicted = False
    for name, rows in panels.rules(table):
        look = style.rule(name)
        for ax, column in ((mean, "mean"), (std, "std"), (smallest, "min")):
            if column != "min" and panels.theory(ax, rows, "alpha", f"theory_{column}", look):
                predicted = True
                panels.points(ax, rows, "alpha", column, look)
            else:
                panels.curve(ax, rows, "alpha", column, look, linewidth=0.6)
        _deviations(deviation, rows, look)
    mean.set_ylabel(r"mean stability $\langle\Delta\rangle$")
    std.set_ylabel(r"spread $\sigma_\Delta$ of stabilities")
    smallest.set_ylabel(r"smallest stability $\min\Delta_i^\mu$")
    smallest.axhline(0, color=style.GREY, linewidth=0.6, linestyle=":", zorder=0)
    deviation.set_ylabel("measured / theory − 1 (%)")
    deviation.axhspan(-TOLERANCE, TOLERANCE, color=style.GREY, alpha=0.2, linewidth=0)
    deviation.axhline(0, color=style.GREY, linewidth=0.6)
    for ax in axes[1]:
        ax.set_xlabel(style.LOAD)
    extra = []
    if predicted:
        extra = [
            panels.line("theory"),
            panels.line("d: mean", linestyle="", marker="o"),
            panels.line("d: spread", linestyle="", marker="o", markerfacecolor="white"),
        ]
    panels.legend(figure, (mean, std, smallest), extra, panels.sample_note(table))
    panels.letters(axes.flat)
    return figure


def _deviations(ax: Axes, rows: pd.DataFrame, look: style.Look) -> None:
    """Relative deviations in per cent: filled symbols the mean, open symbols the spread."""
    for column, hollow in (("mean", False), ("std", True)):
        prediction = rows[f"theory_{column}"].where(rows[f"theory_{column}"] != 0)
        off = rows.assign(off=100 * (rows[column] / prediction - 1))
        if f"{column}_sem" in rows:
            off = off.assign(off_sem=100 * rows[f"{column}_sem"] / prediction.abs())
        panels.points(ax, off, "alpha", "off", look._replace(hollow=hollow))
