"""Retrieval step by step: validity of the iterated map of one step."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.style import Look

COLUMNS = (
    *("rule", "alpha", "connectivity", "step", "initial_overlap", "overlap"),
    *("iterated_map", "excess"),
)
SHADES = (("#56B4E9", "o"), ("#0072B2", "s"), ("#00305A", "^"), ("#7B2D8E", "v"))
ACROSS = 3  # largest number of panels in a row
LONGEST = Look("", style.GREY, "D", hollow=True)


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Two panels for each rule and load: overlaps against the initial one, and minus the map.

    ``table`` has one row per (rule, alpha, step, initial_overlap). Rows of a step without
    ``iterated_map`` are of long histories, in the upper panels alone. Optional: ``theory``, drawn
    as a line, and ``overlap_sem``, ``excess_sem``.
    """
    table = panels.require(table, "steps", COLUMNS).sort_values("step", kind="stable")
    table = panels.optional(table, theory=np.nan)
    shown = [
        (name, load, rows[rows["alpha"] == load])
        for name, rows in panels.rules(table)
        for load in panels.values(rows, "alpha")
    ]
    bands = -(-len(shown) // ACROSS)
    across = -(-len(shown) // bands)
    figure, axes = panels.grid(
        2 * bands,
        across,
        width=style.DOUBLE if across > 1 else style.COLUMN,
        height=1.9,
        sharex=True,
        sharey="row",
    )
    for unused in range(len(shown), bands * across):
        for row in (0, 1):
            axes[2 * (unused // across) + row, unused % across].set_axis_off()
    used = []
    for place, (name, load, rows) in enumerate(shown):
        band, column = divmod(place, across)
        above, below = axes[2 * band : 2 * band + 2, column]
        used += [above, below]
        above.set_title(_title(name, load, rows), fontsize=7)
        stepwise = rows[np.isfinite(rows["iterated_map"])]
        for order, step in enumerate(panels.values(stepwise, "step")):
            color, marker = SHADES[order % len(SHADES)]
            look = Look(f"step {step:.0f}", color, marker)
            at = stepwise[stepwise["step"] == step]
            at = at.assign(excess_theory=at["theory"] - at["iterated_map"])
            panels.theory(
                above, at, "initial_overlap", "iterated_map", look, linestyle="--", linewidth=0.8
            )
            for ax, measured, exact in (
                (above, "overlap", "theory"),
                (below, "excess", "excess_theory"),
            ):
                panels.theory(ax, at, "initial_overlap", exact, look, linewidth=0.9)
                panels.points(ax, at, "initial_overlap", measured, look)
        whole = rows[rows["iterated_map"].isna()]
        for step in panels.values(whole, "step"):
            look = LONGEST._replace(label=f"step {step:.0f}")
            panels.points(above, whole[whole["step"] == step], "initial_overlap", "overlap", look)
        above.plot([0, 1], [0, 1], color=style.GREY, linewidth=0.6, linestyle=":", zorder=0)
        above.set(xlim=(0, 1), ylim=(0, 1.03))
        below.axhline(0, color="#404040", linestyle="--", linewidth=0.8, zorder=0)
        below.set_xlabel(style.INITIAL_OVERLAP)
        if column == 0:
            above.set_ylabel(r"overlap after $t$ steps $m_t$")
            below.set_ylabel(r"$m_t$ less the iterated map")
    extra = [panels.line("one step, iterated", linestyle="--", linewidth=0.8)]
    if panels.has(table, "theory"):
        extra.insert(0, panels.line(r"theory, $N\to\infty$", linewidth=0.9))
    extra.append(panels.line(r"$m_t = m_0$", style.GREY, linewidth=0.6, linestyle=":"))
    panels.legend(figure, used, extra, panels.sample_note(table, "bars"))
    panels.letters([ax for row in axes for ax in row if ax in used])
    return figure


def _title(name: str, load: float, rows: pd.DataFrame) -> str:
    inputs = panels.values(rows, "connectivity")
    if not inputs:
        return rf"{style.rule(name).label}, $P/N$ = {style.number(load)}"
    return (
        rf"{style.rule(name).label}, $c$ = {style.number(inputs[0])}, $P/c$ = {style.number(load)}"
    )
