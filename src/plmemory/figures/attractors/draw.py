"""What the attractors are: how many, cycles or fixed points, near training or unseen examples.

One module for every data set: tables and files are named attractors_<data set>.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = (
    "rule",
    "P",
    "alpha",
    "start",
    "attractors",
    "cycles_fraction",
    "nearest_train",
    "nearest_test",
    "basin_entropy",
)


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Number of attractors, entropy of their basins, cycles, nearness to examples, by load.

    ``table`` has one row per (P, start), start in train, test, corrupted, random: attractors, the
    number of distinct ones reached; cycles_fraction, of starts; nearest_train and nearest_test,
    the overlap of the states that starts end in with their nearest training and nearest unseen
    example, mean over the starts; basin_entropy in nats.
    A rule has a row of panels. Optional: ``n`` (starts), ``unsettled_fraction`` (of starts, still
    moving after the last step: open symbols beside the cycles), ``orders_differ`` and
    ``orders_overlap`` (crosses: of two runs of sequential dynamics in different random orders, the
    fraction of starts with different ends, and the overlap of the ends), and for each quantity
    ``<quantity>_sem``.
    """
    panels.require(table, "attractors", COLUMNS)
    names = style.ordered(table["rule"])
    one = len(names) == 1
    figure, axes = panels.grid(
        2 if one else len(names), 2 if one else 4, width=style.DOUBLE, height=1.9, sharex=True
    )
    for four, (name, rows) in zip(axes.reshape(-1, 4), panels.rules(table), strict=True):
        _row(list(four), rows)
        if not one:
            four[0].annotate(
                style.rule(name).label, (0.14, 1.04), xycoords="axes fraction", fontsize=7.5
            )
    for ax in axes[-1]:
        ax.set_xlabel(style.LOAD)
    extra = [
        panels.line("nearest training example", style.GREY, linestyle="-"),
        panels.line("nearest unseen example", style.GREY, linestyle="--"),
    ]
    if panels.has(table, "unsettled_fraction"):
        extra.append(panels.line("still moving at the end", style.GREY, linestyle=":"))
    if panels.has(table, "orders_differ"):
        extra.append(panels.line("sequential, two orders", style.GREY, marker="x", linestyle="-."))
    panels.legend(figure, axes.flat, extra, panels.sample_note(table))
    panels.letters(axes.flat)
    return figure


def _row(four: list[Axes], table: pd.DataFrame) -> None:
    number, entropy, cycles, near = four
    compared = panels.has(table, "orders_differ")
    for name, rows in panels.starts(table):
        look = style.start(name)
        panels.curve(number, rows, "alpha", "attractors", look)
        panels.curve(entropy, rows, "alpha", "basin_entropy", look)
        panels.curve(cycles, rows, "alpha", "cycles_fraction", look)
        if panels.has(rows, "unsettled_fraction"):
            moving = look._replace(line=":", hollow=True)
            panels.curve(cycles, rows, "alpha", "unsettled_fraction", moving)
        if panels.has(rows, "orders_differ"):
            crosses = look._replace(marker="x", line="-.")
            panels.curve(cycles, rows, "alpha", "orders_differ", crosses)
            panels.curve(near, rows, "alpha", "orders_overlap", crosses)
        panels.curve(near, rows, "alpha", "nearest_train", look)
        unseen = look._replace(line="--", hollow=True)
        panels.curve(near, rows, "alpha", "nearest_test", unseen)
    number.set_ylabel("distinct attractors")
    entropy.set_ylabel("entropy of basins (nats)")
    cycles.set_ylabel("fraction in cycles" + ", or orders differ" * compared)
    near.set_ylabel("overlap with nearest" + ", or of ends" * compared)
    panels.log_axis(number.yaxis, table["attractors"])
    cycles.set_ylim(bottom=0)
    near.set_ylim(top=1.03)
    for ax in four:
        panels.log_axis(ax.xaxis, table["alpha"])
