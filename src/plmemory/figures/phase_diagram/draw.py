"""The boundary of the basins over load and parameter, a panel for each family of rules."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from plmemory.figures.shared import panels, style

COLUMNS = ("rule", "alpha", "parameter", "half_overlap", "excess", "excess_sem", "best", "draws")
COLOURS = "cividis"  # safe for colour-blind readers; dark means wide basins
BOX: Any = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}
DEEPEST = 0.05  # excess that has the last colour


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Colours: the excess of the boundary over the best one of its load (above); symbols: the best.

    ``table`` has a row for every (rule, alpha, parameter). Bars span the parameters that are as
    good as the best: those whose excess is at most half their 95 % interval, by Student's t over
    ``draws``.
    """
    panels.require(table, "phase_diagram", COLUMNS)
    shown = list(panels.rules(table))
    figure, axes = panels.grid(1, len(shown), width=_width(len(shown)), height=2.6)
    for ax, (name, rows) in zip(axes.flat, shown, strict=True):
        mesh = _map(ax, rows)
        _best(ax, rows)
        symbol = style.rule(name).symbol
        ax.set(
            xlabel=style.LOAD,
            ylabel=f"parameter ${symbol}$" if symbol else "parameter",
            title=style.rule(name).label,
        )
    figure.colorbar(mesh, ax=list(axes.flat), label=r"$m_{1/2}$ over the best", extend="max")
    panels.letters(axes.flat)
    return figure


def _width(count: int) -> float:
    return style.COLUMN if count == 1 else style.DOUBLE


def _map(ax: Axes, rows: pd.DataFrame) -> QuadMesh:
    """Draw a cell for each load and parameter, white without retrieval."""
    grid = rows.pivot_table("excess", "parameter", "alpha", dropna=False)
    loads, parameters = grid.columns.to_numpy(float), grid.index.to_numpy(float)
    mesh = ax.pcolormesh(
        _edges(loads),
        np.exp(_edges(np.log(parameters))),
        grid.to_numpy(float),
        cmap=COLOURS,
        norm=PowerNorm(0.5, 0, DEEPEST),
    )
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(FixedLocator(parameters.tolist()))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.xaxis.set_major_locator(FixedLocator(loads.tolist()))
    return mesh


def _edges(centres: np.ndarray) -> np.ndarray:
    """The edges of the cells around these ascending centres."""
    if len(centres) == 1:
        return centres[0] + np.array([-0.05, 0.05])
    middles = (centres[1:] + centres[:-1]) / 2
    return np.concatenate([[2 * centres[0] - middles[0]], middles, [2 * centres[-1] - middles[-1]]])


def _best(ax: Axes, rows: pd.DataFrame) -> None:
    """The best parameters against load, with the spans of equally good ones, and the boundary."""
    likely = panels.confident(rows)
    near = likely[(likely["excess"] <= likely["excess_sem"].fillna(0.0)) & likely["excess"].notna()]
    best = rows[rows["best"].astype(bool) & rows["excess"].notna()].sort_values("alpha")
    spans = near.groupby("alpha")["parameter"].agg(["min", "max"])
    for load, parameter, half in best[["alpha", "parameter", "half_overlap"]].to_numpy(float):
        low, high = spans.loc[load]
        ax.plot([load, load], [low, high], color="white", linewidth=2.4, zorder=2)
        ax.plot([load, load], [low, high], color="black", linewidth=1.0, zorder=2)
        ax.plot([load], [parameter], color="white", markeredgecolor="black", marker="o", zorder=3)
        top: Any = {"transform": ax.get_xaxis_transform(), "ha": "center", "va": "top"}
        ax.text(load, 0.98, f"{half:.3f}", fontsize=6, bbox=BOX, **top)
