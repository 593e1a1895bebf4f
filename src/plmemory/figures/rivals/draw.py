"""Learning rules at their best against the best pseudo-likelihood, and how they were tuned."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = (
    "rule",
    "kind",
    "alpha",
    "parameter",
    "half_overlap",
    "difference",
    "critical_difference",
    "draws",
)
AGAINST_LOAD = {
    "half_overlap": style.HALF_OVERLAP,
    "difference": r"$m_{1/2}-m_{1/2}$(best PL)",
    "critical_difference": r"$m_c-m_c$(best PL), mean > 0.95",
}
SPREAD = 0.03  # of the rules at one load, so that their bars are side by side
DEPTH = 0.08  # of overlaps that tuning curves show above the lowest


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Boundaries and their differences against load; below, tuning curves for each load.

    ``table`` has a row of the kind ``judged`` for every (rule, alpha), and rows of the kind
    ``tuning`` for every parameter of a family. Tuning curves are drawn over the parameter relative
    to the best of their own, on a logarithmic axis. ``…_sem`` are standard errors over ``draws``.
    """
    panels.require(table, "rivals", COLUMNS)
    draws = panels.values(table, "draws")
    table = panels.confident(table)
    judged, tuning = table[table["kind"] == "judged"], table[table["kind"] == "tuning"]
    loads = panels.values(tuning, "alpha")
    figure, axes = panels.grid(
        1 + -(-len(loads) // len(AGAINST_LOAD)), len(AGAINST_LOAD), width=style.DOUBLE, height=2.4
    )
    for ax, (column, label) in zip(axes[0], AGAINST_LOAD.items(), strict=True):
        _against_load(ax, judged, column)
        ax.set_ylabel(label)
    for ax, column in zip(axes[0, 1:], ("difference", "critical_difference"), strict=True):
        ax.axhline(0, color=style.GREY, linewidth=0.6, zorder=0)
        panels.capped(ax, judged[column])
    shown = [*axes[0], *axes[1:].flat[: len(loads)]]
    for ax, load in zip(shown[len(AGAINST_LOAD) :], loads, strict=True):
        _tuning(ax, tuning[tuning["alpha"] == load], load)
    for ax in axes.flat[len(shown) :]:
        ax.set_axis_off()
    numbers = " to ".join(dict.fromkeys(map(style.number, (draws[0], draws[-1]))))
    panels.legend(figure, shown, title=f"bars, bands: 95 % confidence over $n$ = {numbers} draws")
    panels.letters(shown)
    return figure


def _against_load(ax: Axes, judged: pd.DataFrame, column: str) -> None:
    """Rules side by side at every load, joined by lines."""
    names = list(panels.rules(judged))
    for place, (name, rows) in enumerate(names):
        look = style.rule(name)
        beside = rows.assign(alpha=rows["alpha"] + SPREAD * (place / max(len(names) - 1, 1) - 0.5))
        panels.points(ax, beside, "alpha", column, look, linestyle=look.line, linewidth=0.7)
    ax.set_xlabel(style.LOAD)


def _tuning(ax: Axes, rows: pd.DataFrame, load: float) -> None:
    """How each family depends on its parameter, relative to where it is best."""
    for name, family in panels.rules(rows):
        known = family[np.isfinite(family["half_overlap"].astype(float))]
        if known.empty:
            continue
        best = known["parameter"].to_numpy()[known["half_overlap"].argmin()]
        relative = known.assign(parameter=known["parameter"] / best)
        panels.curve(ax, relative, "parameter", "half_overlap", style.rule(name))
    panels.log_axis(ax.xaxis, ax.dataLim.intervalx)
    low = rows["half_overlap"].min()
    if np.isfinite(low):
        ax.set_ylim(low - 0.005, low + DEPTH)
    ax.set(xlabel="parameter / its best", ylabel=rf"$m_{{1/2}}$ at $\alpha$ = {style.number(load)}")
