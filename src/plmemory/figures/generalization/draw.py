"""Final overlaps of training, test and random starts against load, for every data set.

Lines without symbols are null models: the overlap of an unseen example with the training examples,
and with the final states of other unseen examples. Rings are published values. Thin lines with open
symbols are the published draw of training examples, beside the mean of other draws. Symbols on the
right edge are infinite data (the true couplings).
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.draws import OWN, PUBLISHED

USUAL = "synchronous"
ACROSS = 3
NULLS: dict[str, tuple[str, dict[str, Any]]] = {
    # null model of test starts: its name in legends, its line
    "nearest_train": ("test to nearest training example", {"linestyle": ":"}),
    "consensus": ("test to consensus of training examples", {"linestyle": "-."}),
    "exchanged": ("chance: test to the end of another", {"linestyle": "-", "color": style.GREY}),
}
COLUMNS = ("title", "rule", "P", "alpha", "start", "overlap", "overlap_sem", "n")
Facet = tuple[str, pd.DataFrame]


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each data set and rule: final overlap by kind of start against load.

    ``table`` has one row per (title, rule, P, start), start in train, test, feature, random; title
    is the name of the data set. P = alpha = inf is a limit that belongs to all rules of its data
    set, drawn on the right edge. Optional: ``nearest_train_overlap``, ``consensus_overlap``,
    ``exchanged_overlap`` (null models, of test starts); ``source`` (ours, published: published rows
    carry their rule, and ``comparable``); ``dynamics`` (synchronous, the default; others such as
    sequential have dashed lines); ``draw`` (own, the default; published). If there are
    ``identity``, ``identity_sem``, ``nearest_train_identity`` and so on, for colours, these are
    drawn against P, with the overlap (0 at chance) as a second axis.
    """
    panels.require(table, "generalization", COLUMNS)
    table = panels.optional(table, source="ours", dynamics=USUAL, draw=OWN, comparable=True)
    table = table[table["comparable"].astype(bool)]
    colours = panels.has(table, "identity")
    x, y = ("P", "identity") if colours else ("alpha", "overlap")
    labels = (style.PATTERNS, "final identity") if colours else (style.LOAD, style.FINAL_OVERLAP)
    figure, shown = _draw(facets(table), x, y, labels)
    if colours:
        _rescaled_axis(shown[-1], table)
    return figure


def facets(table: pd.DataFrame) -> list[Facet]:
    """Split a table by data set and rule; limits of infinitely many patterns join all rules."""
    infinite = np.isposinf(table["alpha"].astype(float)) & (table["source"] == "ours")
    found = []
    for title in table["title"].drop_duplicates():
        mine = table["title"] == title
        limit = table[mine & infinite]
        rules = list(panels.rules(table[mine & ~infinite])) or list(panels.rules(limit))
        for name, rows in rules:
            both = pd.concat([rows, limit]).drop_duplicates()
            found.append((f"{style.rule(name).label}, {title}", both))
    return found


def _rescaled_axis(ax: Axes, table: pd.DataFrame) -> None:
    """A second axis by the linear map between the two columns, if they determine one."""
    known = table[["identity", "overlap"]].astype(float).dropna()
    if known["identity"].max() - known["identity"].min() > 0.01:
        slope, offset = np.polyfit(known["identity"], known["overlap"], 1)
        ax.spines["right"].set_visible(True)
        axis = ax.secondary_yaxis(
            "right", (lambda y: slope * y + offset, lambda z: (z - offset) / slope)
        )
        axis.set_ylabel("rescaled: 0 at chance, 1 equal")


def _draw(
    parts: Sequence[Facet], x: str, y: str, labels: tuple[str, str]
) -> tuple[Figure, list[Axes]]:
    """A panel for each facet, with published rows as rings, and one legend for all."""
    down = -(-len(parts) // ACROSS)
    across = -(-len(parts) // down)
    width = style.COLUMN if across == 1 else style.DOUBLE
    height = 2.4 if across < 3 else 2.1
    figure, axes = panels.grid(down, across, width=width, height=height, sharex=True, sharey=True)
    shown = list(axes.flat[: len(parts)])
    for ax in axes.flat[len(parts) :]:
        ax.set_axis_off()
    whole = pd.concat([rows for _, rows in parts])
    for ax, (title, rows) in zip(shown, parts, strict=True):
        _panel(ax, rows, x, y)
        panels.log_axis(ax.xaxis, whole[x])
        ax.set_title(title)
        ax.set_xlabel(labels[0])
    for ax in axes[:, 0]:
        ax.set_ylabel(labels[1])
    bottom = min(0.0, float(whole[y].min())) if panels.has(whole, y) else 0.0
    shown[0].set_ylim(1.05 * bottom, 1.03)
    ours = whole[whole["source"] == "ours"]
    panels.legend(figure, shown, _keys(whole, x, y), panels.sample_note(ours))
    panels.letters(shown)
    return figure, shown


def _panel(ax: Axes, table: pd.DataFrame, x: str, y: str) -> None:
    ours = table[table["source"] == "ours"]
    for name, rows in panels.starts(table):
        look = style.start(name)
        mine = rows[rows["source"] == "ours"]
        for kind, dashes in _dynamics(ours).items():
            usual = kind == USUAL
            for draw, part in _draws(mine[mine["dynamics"] == kind]):
                shown = look._replace(line=dashes, hollow=not usual)
                panels.curve(
                    ax, part, x, y, shown, **(panels.ONE_DRAW if draw == PUBLISHED else {})
                )
                _edge(ax, part, x, y, {"color": look.color, "marker": look.marker}, usual)
        if name == "test":
            _, once = next(_draws(mine[mine["dynamics"] == USUAL]), (OWN, mine))
            for null, (_, line) in NULLS.items():
                panels.theory(ax, once, x, f"{null}_{y}", look, **({"linewidth": 0.8} | line))
        published = rows[rows["source"] == "published"]
        ring = panels.RING | {"markeredgecolor": look.color, "marker": look.marker}
        finite = published[np.isfinite(published[x].astype(float))].sort_values(x)
        if len(finite):  # an empty line without clipping would break the layout
            ax.plot(finite[x], finite[y], clip_on=False, **ring)
        _edge(ax, published, x, y, ring, False)


def _draws(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows of each kind of draw, the published one last and without its error.

    That error is the spread of its states alone, not that of other draws.
    """
    for draw in (OWN, PUBLISHED):
        rows = table[table["draw"] == draw]
        if len(rows):
            errors = [name for name in map(str, rows) if name.endswith("_sem")]
            yield draw, rows.drop(columns=errors) if draw == PUBLISHED else rows


def _edge(
    ax: Axes, table: pd.DataFrame, x: str, y: str, settings: dict[str, Any], level: bool
) -> None:
    """Infinite data as symbols on the right edge, with a horizontal line if ``level``."""
    for value in table.loc[np.isposinf(table[x].astype(float)), y].dropna():
        ax.plot([1], [value], transform=ax.get_yaxis_transform(), clip_on=False, **settings)
        if level:
            ax.axhline(value, color=settings["color"], linestyle="--", linewidth=0.6, zorder=0)


def _dynamics(table: pd.DataFrame) -> dict[str, str]:
    others = sorted(set(table["dynamics"]) - {USUAL})
    return {USUAL: "-"} | dict(zip(others, ("--", "-."), strict=False))


def _keys(table: pd.DataFrame, x: str, y: str) -> list[Any]:
    """Legend entries without a curve."""
    keys = []
    for kind, dashes in list(_dynamics(table).items())[1:]:
        look = {"linestyle": dashes, "marker": "o", "markerfacecolor": "white"}
        keys.append(panels.line(kind.replace("_", " "), **look))
    color = style.start("test").color
    for null, (label, look) in NULLS.items():
        if panels.has(table[table["start"] == "test"], f"{null}_{y}"):
            drawn: dict[str, Any] = {"color": color, "linewidth": 0.8}
            keys.append(panels.line(label, **(drawn | look)))
    if ((table["draw"] == PUBLISHED) & (table["source"] == "ours")).any():
        keys.append(panels.line("published draw of examples", marker="o", **panels.ONE_DRAW))
    if np.isposinf(table[x].astype(float)).any():
        keys.append(panels.line(r"true couplings, $P=\infty$", linestyle="--", linewidth=0.6))
    if (table["source"] == "published").any():
        keys.append(panels.line("published", **panels.RING))
    return keys
