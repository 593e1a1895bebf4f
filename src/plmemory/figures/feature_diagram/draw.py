"""Overlaps over the load and the density of hidden features."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = ("rule", "alpha", "alpha_D", "start", "steps", "overlap")
COLOURS = "cividis"  # the same for colour-blind readers
NAMES = {"train": "training", "test": "test", "feature": "features"}


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A row of panels for each rule and number of steps, a column for each kind of start.

    ``table`` has one row per (rule, alpha, alpha_D, start, steps).
    """
    panels.require(table, "feature_diagram", COLUMNS)
    rows = [
        (name, steps, mine[mine["steps"] == steps])
        for name, mine in panels.rules(table)
        for steps in panels.values(mine, "steps")
    ]
    starts = style.ordered(table["start"])
    width = style.COLUMN if len(starts) == 1 else style.DOUBLE
    figure, axes = panels.grid(
        len(rows), len(starts), width=width, height=2.2, sharex=True, sharey=True
    )
    for line, (name, steps, mine) in zip(axes, rows, strict=True):
        for ax, start in zip(line, starts, strict=True):
            mesh = _map(ax, mine[mine["start"] == start])
            ax.set_title(f"{style.rule(name).label}, {NAMES[start]}, {style.number(steps)} steps")
        line[0].set_ylabel(r"$\alpha_D = D/N$")
    for ax in axes[-1]:
        ax.set_xlabel(style.LOAD)
    figure.colorbar(mesh, ax=list(axes.flat), label="overlap kept")
    panels.letters(axes.flat)
    return figure


def _map(ax: Axes, rows: pd.DataFrame) -> QuadMesh:
    """Draw a cell for each load and density, white where nothing was measured."""
    grid = rows.pivot_table("overlap", "alpha_D", "alpha", dropna=False)
    loads, densities = (np.asarray(axis, dtype=float) for axis in (grid.columns, grid.index))
    return ax.pcolormesh(
        _edges(loads), _edges(densities), grid.to_numpy(float), cmap=COLOURS, vmin=0, vmax=1
    )


def _edges(centres: np.ndarray) -> np.ndarray:
    """The edges of the cells around these ascending, positive centres."""
    middles = (centres[1:] + centres[:-1]) / 2
    last = 2 * centres[-1] - middles[-1] if len(middles) else 2 * centres[-1]
    first = max(0.0, 2 * centres[0] - middles[0]) if len(middles) else 0.0
    return np.concatenate([[first], middles, [last]])
