"""Recall of random patterns at finite temperature."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

VISIBLE = 0.05  # overlap
COLUMNS = ("rule", "alpha", "temperature", "overlap", "overlap_sem")


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each load: overlap with the pattern after the sweeps against temperature.

    ``table`` has one row per (rule, alpha, temperature); temperatures in units of the norm of a row
    of the couplings. Optional columns: ``theory``, drawn as a line under the symbols;
    ``own_temperature``, at which the pseudo-likelihood of the rule was learnt, a dotted vertical
    line; ``n``, number of states behind a point.
    """
    panels.require(table, "recall_temperature", COLUMNS)
    loads = panels.values(table, "alpha")
    width = style.COLUMN if len(loads) == 1 else style.DOUBLE
    figure, axes = panels.grid(1, len(loads), width=width, height=2.4, sharey=True)
    predicted = False
    for ax, load in zip(axes.flat, loads, strict=True):
        ax.set_title(rf"$\alpha$ = {style.number(load)}")
        for name, rows in panels.rules(table[table["alpha"] == load]):
            look = style.rule(name)
            if panels.theory(ax, rows, "temperature", "theory", look, linewidth=0.9):
                predicted = True
                panels.points(ax, rows, "temperature", "overlap", look)
            else:
                panels.curve(ax, rows, "temperature", "overlap", look)
            if panels.has(rows, "own_temperature"):
                own = rows["own_temperature"].iloc[0]
                ax.axvline(own, color=look.color, linestyle=":", linewidth=0.8, zorder=0)
            _remanence(ax, rows)
        ax.set(xlim=(0, None), ylim=(min(0, table["overlap"].min()), 1.03))
        ax.set_xlabel(r"temperature $T / |J_i|$")
    axes[0, 0].set_ylabel(style.FINAL_OVERLAP)
    extra = [panels.line("theory", linewidth=0.9)] if predicted else []
    if panels.has(table, "own_temperature"):
        extra.append(panels.line("temperature of learning", linestyle=":", linewidth=0.8))
    panels.legend(figure, axes.flat, extra, panels.sample_note(table))
    panels.letters(axes.flat)
    return figure


def _remanence(ax: Axes, rows: pd.DataFrame) -> None:
    """Label the remanent overlap at the lowest temperature if theory predicts no retrieval."""
    theory = rows[rows["theory"].notna()] if "theory" in rows else rows.iloc[:0]
    cold = rows[rows["overlap"] > VISIBLE].sort_values("temperature")[:1]
    if len(theory) and theory["theory"].max() < VISIBLE and len(cold):
        place = (cold["temperature"].iloc[0], cold["overlap"].iloc[0])
        arrow = {"arrowstyle": "-", "linewidth": 0.5}
        beside: Any = {"xytext": (0.32, 0.55), "textcoords": "axes fraction", "arrowprops": arrow}
        ax.annotate("remanence", place, **beside)
