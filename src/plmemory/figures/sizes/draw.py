"""The boundary of the basins against one over the size of the network."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.style import Look

COLUMNS = ("rule", "alpha", "definition", "dynamics", "N", "overlap", "slope")
LABELS = {
    ("mean", "synchronous"): "mean, synchronous",
    ("half", "synchronous"): "half, synchronous",
    ("half", "sequential"): "half, sequential",
}


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each definition and dynamics, a row of panels for each load.

    ``table`` has a row for every (rule, alpha, definition, dynamics, N). An extrapolation is a row
    with infinite N, whose ``slope`` in 1/N gives the line.
    """
    panels.require(table, "sizes", COLUMNS)
    loads = panels.values(table, "alpha")
    kinds = [kind for kind in LABELS if len(_of(table, *kind))]
    figure, axes = panels.grid(
        len(loads), len(kinds), width=style.DOUBLE, height=2.3, sharex=True, sharey="row"
    )
    for row, load in zip(axes, loads, strict=True):
        for ax, kind in zip(row, kinds, strict=True):
            for name, rows in panels.rules(_of(table[table["alpha"] == load], *kind)):
                _line(ax, rows, style.rule(name))
            ax.set_title(LABELS[kind])
        row[0].set_ylabel(rf"overlap of retrieval at $\alpha$ = {style.number(load)}")
    inverse = 1 / min(panels.values(table, "N"))
    for ax in axes[-1]:
        ax.set_xlabel(r"$1/N$")
        ax.set_xlim(left=-0.05 * inverse, right=1.05 * inverse)
    note = "; ".join(filter(None, (style.titles(), panels.sample_note(table, "bars"))))
    panels.legend(figure, axes.flat, title=note)
    panels.letters(axes.flat)
    return figure


def _of(table: pd.DataFrame, definition: str, dynamics: str) -> pd.DataFrame:
    return table[(table["definition"] == definition) & (table["dynamics"] == dynamics)]


def _line(ax: Axes, rows: pd.DataFrame, look: Look) -> None:
    """Measured sizes, the line through them, and its open end."""
    inverse = rows.assign(inverse=1 / rows["N"].astype(float))
    measured, limit = inverse[inverse["inverse"] > 0], inverse[inverse["inverse"] == 0]
    panels.points(ax, measured, "inverse", "overlap", look)
    panels.points(ax, limit, "inverse", "overlap", look._replace(hollow=True), label="_")
    reach = np.array([0.0, measured["inverse"].max()])
    for value, slope in limit[["overlap", "slope"]].dropna().to_numpy(float):
        ax.plot(reach, value + slope * reach, color=look.color, linewidth=0.8)
