"""Points on the circle: energy maps, numbers of attractors, two points, the ring."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.look import MARKERS, SPARE, Look

COLUMNS = (
    *("panel", "K", "beta", "x", "y", "energy", "number", "number_sem"),
    *("radius", "radius_sem", "scaled", "place", "theory"),
)
MEASURED = Look("measured", "#0072B2", "o")
LEVELS = 14
MAPS = 4


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Above, a map for each number of points; below, numbers of attractors, pair, ring, profiles.

    ``table`` has rows of several ``panel``s: map (x, y, energy), points and attractors (x, y),
    number, pair (scaled, place, theory), ring (beta, radius, theory), profile (radius, energy,
    theory).
    """
    panels.require(table, "diffusion_circle", COLUMNS)
    figure, (maps, below) = panels.grid(2, 4, width=style.DOUBLE, height=1.75)
    parts = {name: table[table["panel"] == name] for name in table["panel"].unique()}
    none = table.iloc[:0]
    places = parts.get("map", none)
    limits = places["energy"].min(), places["energy"].clip(upper=1.0).max()
    shown = panels.values(places, "K")[:MAPS]
    for ax, count in zip(maps, shown, strict=False):
        grid, points, attractors = (
            _of(parts.get(name, none), count) for name in ("map", "points", "attractors")
        )
        _map(ax, grid, points, attractors, limits)
        ax.set_title(f"$K$ = {style.number(count)}")
    for ax in maps:
        ax.set(xlabel="$x$", ylabel="$y$")
    number, pair, ring, profile = below
    panels.curve(number, parts.get("number", none), "K", "number", MEASURED)
    panels.log_axis(number.xaxis, parts.get("number", none)["K"])
    panels.log_axis(number.yaxis, parts.get("number", none)["number"])
    number.set(xlabel="points $K$", ylabel="attractors")
    for ax, name, x, y in ((pair, "pair", "scaled", "place"), (ring, "ring", "beta", "radius")):
        rows = parts.get(name, none)
        panels.theory(ax, rows, x, "theory", Look("theory", "#404040"), linewidth=0.9)
        panels.points(ax, rows, x, y, MEASURED)
        ax.axvline(1, color=style.GREY, linestyle=":", linewidth=0.7, zorder=0)
    pair.set(xlabel=r"$\beta a^2/2$", ylabel=r"minimum over $a/2$", ylim=(-0.04, 1.04))
    ring.set(xlabel=r"$\beta$", ylabel="radius of attractors $R$", ylim=(-0.04, 1.04))
    panels.log_axis(ring.xaxis, parts.get("ring", none)["beta"])
    _profiles(profile, parts.get("profile", none))
    extra = [panels.line("theory, $K$ → ∞ or two points", linewidth=0.9)]
    panels.legend(figure, [number, profile], extra, panels.sample_note(table))
    panels.letters([*maps, *below])
    return figure


def _of(rows: pd.DataFrame, count: float) -> pd.DataFrame:
    return rows[rows["K"] == count].sort_values(["x", "y"], kind="stable")


def _map(
    ax: Axes,
    places: pd.DataFrame,
    points: pd.DataFrame,
    attractors: pd.DataFrame,
    limits: tuple[float, float],
) -> None:
    grid = places.pivot_table(index="y", columns="x", values="energy", dropna=False)
    known = grid.size > 1 and np.isfinite(grid.to_numpy()).any() and limits[0] < limits[1]
    if known and min(grid.shape) > 1:
        levels = np.linspace(*limits, LEVELS)
        ax.contourf(grid.columns, grid.index, grid, levels, cmap="viridis", extend="max")
    few = len(points) <= 50
    ax.plot(points["x"], points["y"], "o", color="white", markersize=2.5 if few else 0.6)
    ax.plot(attractors["x"], attractors["y"], "x", color="#D55E00", markersize=3.5)
    ax.set_aspect("equal")


def _profiles(ax: Axes, rows: pd.DataFrame) -> None:
    for place, count in enumerate(panels.values(rows, "K")):
        look = Look(f"$K$ = {style.number(count)}", SPARE[place], MARKERS[place + 1])
        panels.curve(ax, _of(rows, count), "radius", "energy", look, markersize=0)
    limit = _of(rows, max(panels.values(rows, "K"), default=math.nan))
    panels.theory(ax, limit, "radius", "theory", Look("theory", "#404040"), linewidth=0.9)
    ax.set(xlabel=r"distance from $0$", ylabel="energy $E$")
