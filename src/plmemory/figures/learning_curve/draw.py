"""Long trainings, epoch by epoch: overlaps that the network keeps, and its couplings."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.draws import OWN, PUBLISHED
from plmemory.figures.shared.style import Look

STARTS = ("train", "test")
COUPLINGS = {
    "norm": r"norm of the couplings $\Vert J\Vert$",
    "distance": "distance from the start",
    "loss": r"loss $\ell$ per site, pattern",
    "asymmetry": r"asymmetry of $J$",
}
COLUMNS = ("run", "epoch", *STARTS, *COUPLINGS)
LOGARITHMIC = ("norm", "loss")
ACROSS = 3


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel of final overlaps for each run, then a panel for each quantity of the couplings.

    ``table`` has one row per (run, epoch): train and test are overlaps of examples with their final
    states; norm, distance, loss and asymmetry belong to the couplings. Optional: ``draw`` (own, the
    default; published) and ``source`` (ours, the default; published, drawn as rings).
    """
    panels.require(table, "learning_curve", COLUMNS)
    table = panels.optional(table, draw=OWN, source="ours")
    table = table[table["epoch"] > 0]  # the axis is logarithmic
    runs = style.ordered(table["run"])
    number = len(runs) + len(COUPLINGS)
    down = -(-number // ACROSS)
    figure, axes = panels.grid(down, ACROSS, width=style.DOUBLE, height=1.9)
    shown = list(axes.flat[:number])
    for ax in axes.flat[number:]:
        ax.set_axis_off()
    for ax, run in zip(shown, runs, strict=False):
        for start in STARTS:
            _curves(ax, table[table["run"] == run], start, style.start(start))
        ax.set(title=style.rule(run).label, ylabel=style.FINAL_OVERLAP, ylim=(0, 1.03))
    for ax, (column, label) in zip(shown[len(runs) :], COUPLINGS.items(), strict=True):
        for run in runs:
            _curves(ax, table[table["run"] == run], column, style.rule(run))
        ax.set_ylabel(label)
        if column in LOGARITHMIC:
            panels.log_axis(ax.yaxis, table[column])
    for ax in shown:
        ax.set_xlabel("epoch")
        panels.log_axis(ax.xaxis, table["epoch"])
    note = panels.sample_note(table[table["draw"] == OWN])
    panels.legend(figure, shown, list(_keys(table)), note)
    panels.letters(shown)
    return figure


def _curves(ax: Axes, table: pd.DataFrame, column: str, look: Look) -> None:
    """Our own draws, the published draw, whose error is unknown, and published values."""
    ours = table[table["source"] == "ours"]
    panels.curve(ax, ours[ours["draw"] == OWN], "epoch", column, look)
    one = ours[ours["draw"] == PUBLISHED].drop(columns=f"{column}_sem", errors="ignore")
    if len(one):
        panels.curve(ax, one, "epoch", column, look, **panels.ONE_DRAW)
    published = table[table["source"] == "published"]
    if len(published):
        ring = panels.RING | {"markeredgecolor": look.color, "marker": look.marker}
        ax.plot(published["epoch"], published[column], clip_on=False, **ring)


def _keys(table: pd.DataFrame) -> Iterator[Any]:
    """Legend entries without a curve."""
    ours = table[table["source"] == "ours"]
    if (ours["draw"] == PUBLISHED).any():
        yield panels.line("published draw of examples", marker="o", **panels.ONE_DRAW)
    if len(ours) < len(table):
        yield panels.line("published", **panels.RING)
