"""The panel that every data set shares: training, test and random starts against load.

Dotted is the honest baseline, how near unseen examples lie to the training set; rings are published
values; symbols on the right edge are infinite data (the true couplings).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

RING: dict[str, Any] = {
    "linestyle": "",
    "marker": "o",
    "markersize": 6.5,
    "markerfacecolor": "none",
    "markeredgewidth": 0.9,
    "zorder": 3,
}
USUAL = "synchronous"
ACROSS = 3
Facet = tuple[str, pd.DataFrame]


def facets(table: pd.DataFrame, keys: dict[str, str]) -> list[Facet]:
    """Split a table by the columns ``keys`` and by rule; titles name the rule and the levels.

    ``keys`` maps columns, outermost first, to their symbol in titles ('' for a name).
    """
    parts: list[Facet] = [("", table)]
    for column, symbol in keys.items():
        levels = sorted(table[column].dropna().unique())
        named = {
            level: f"{symbol} = {style.number(level)}" if symbol else str(level) for level in levels
        }
        parts = [
            (_joined(title, word), rows[rows[column] == level])
            for title, rows in parts
            for level, word in named.items()
        ] + [(title, rows[rows[column].isna()]) for title, rows in parts]
    split = [
        (_joined(style.rule(name).label, title), rows)
        for title, part in parts
        for name, rows in panels.rules(part)
    ]
    return [(title, rows) for title, rows in split if len(rows)]


def _joined(*words: str) -> str:
    return ", ".join(filter(None, words))


def draw(
    parts: Sequence[Facet],
    *,
    x: str,
    y: str,
    labels: tuple[str, str],
    nearest: str = "nearest_train_overlap",
) -> tuple[Figure, list[Axes]]:
    """A panel a facet, with rows of source published as rings, and one legend for all.

    Optional columns of the tables: ``source`` (ours, published), ``dynamics`` (synchronous or
    another name, drawn with broken lines and open symbols), ``nearest``.
    """
    down = -(-len(parts) // ACROSS)
    across = -(-len(parts) // down)
    width = style.COLUMN if across == 1 else style.DOUBLE
    height = 2.4 if across < 3 else 2.1
    figure, axes = panels.grid(down, across, width=width, height=height, sharex=True, sharey=True)
    shown = list(axes.flat[: len(parts)])
    for ax in axes.flat[len(parts) :]:
        ax.set_axis_off()
    parts = [(title, panels.optional(rows, source="ours", dynamics=USUAL)) for title, rows in parts]
    whole = pd.concat([rows for _, rows in parts])
    for ax, (title, rows) in zip(shown, parts, strict=True):
        _panel(ax, rows, x, y, nearest)
        panels.log_axis(ax.xaxis, whole[x])
        ax.set_title(title)
        ax.set_xlabel(labels[0])
    for ax in axes[:, 0]:
        ax.set_ylabel(labels[1])
    bottom = min(0.0, float(whole[y].min())) if panels.has(whole, y) else 0.0
    shown[0].set_ylim(1.05 * bottom, 1.03)
    ours = whole[whole["source"] == "ours"]
    panels.legend(figure, shown, _keys(whole, x, nearest), panels.sample_note(ours))
    panels.letters(shown)
    return figure, shown


def _panel(ax: Axes, table: pd.DataFrame, x: str, y: str, nearest: str) -> None:
    ours = table[table["source"] == "ours"]
    for name, rows in panels.starts(table):
        look = style.start(name)
        mine = rows[rows["source"] == "ours"]
        for kind, dashes in _dynamics(ours).items():
            part = mine[mine["dynamics"] == kind]
            usual = kind == USUAL
            panels.curve(ax, part, x, y, look._replace(line=dashes, hollow=not usual))
            _edge(ax, part, x, y, {"color": look.color, "marker": look.marker}, usual)
        if name == "test":
            once = mine[mine["dynamics"] == USUAL]
            panels.theory(ax, once, x, nearest, look, linestyle=":", linewidth=1.0)
        published = rows[rows["source"] == "published"]
        ring = RING | {"markeredgecolor": look.color, "marker": look.marker}
        finite = published[np.isfinite(published[x].astype(float))].sort_values(x)
        if len(finite):  # nothing, if it is not clipped either, has no place in a layout
            ax.plot(finite[x], finite[y], clip_on=False, **ring)
        _edge(ax, published, x, y, ring, False)


def _edge(
    ax: Axes, table: pd.DataFrame, x: str, y: str, settings: dict[str, Any], level: bool
) -> None:
    """Infinite data as symbols on the right edge, with a level across the panel if asked."""
    for value in table.loc[np.isposinf(table[x].astype(float)), y].dropna():
        ax.plot([1], [value], transform=ax.get_yaxis_transform(), clip_on=False, **settings)
        if level:
            ax.axhline(value, color=settings["color"], linestyle="--", linewidth=0.6, zorder=0)


def _dynamics(table: pd.DataFrame) -> dict[str, str]:
    others = sorted(set(table["dynamics"]) - {USUAL})
    return {USUAL: "-"} | dict(zip(others, ("--", "-."), strict=False))


def _keys(table: pd.DataFrame, x: str, nearest: str) -> list[Any]:
    """Legend entries that no curve carries."""
    keys = []
    for kind, dashes in list(_dynamics(table).items())[1:]:
        look = {"linestyle": dashes, "marker": "o", "markerfacecolor": "white"}
        keys.append(panels.line(kind.replace("_", " "), **look))
    if panels.has(table[table["start"] == "test"], nearest):
        color = style.start("test").color
        keys.append(panels.line("test to nearest training example", color, linestyle=":"))
    if np.isposinf(table[x].astype(float)).any():
        keys.append(panels.line(r"true couplings, $P=\infty$", linestyle="--", linewidth=0.6))
    if (table["source"] == "published").any():
        keys.append(panels.line("published", **RING))
    return keys
