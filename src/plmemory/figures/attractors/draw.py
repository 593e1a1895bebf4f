"""The attractors: their number, cycles, and overlaps with training and unseen examples.

One module serves every data set.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.style import Look

COLUMNS = ("rule", "P", "alpha", "start", "n", "attractors", "nearest_train", "nearest_test")
QUANTITIES = {
    "attractors": "distinct attractors",
    "pair_entropy": "entropy of basins\n$H_2$ (nats)",
    "nearest_train": "overlap with nearest\ntraining example",
    "nearest_test": "overlap with nearest\nunseen example",
    "cycles_fraction": "fraction in cycles",
    "unsettled_fraction": "fraction still moving",
    "orders_differ": "two orders: fraction\nof different ends",
    "orders_overlap": "two orders: overlap\nof the ends",
}
OVERLAPS = ("nearest_train", "nearest_test", "orders_overlap")
ACROSS = 4


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each quantity against load, for each rule.

    ``table`` has one row per (rule, P, start): ``n`` starts of each replicate; attractors, the
    number of distinct attractors that they reach, drawn with the level ``n`` at which it saturates;
    nearest_train and nearest_test, the overlap of final states with their nearest training and
    nearest unseen example. Optional: the other ``QUANTITIES``, which are omitted if absent or zero
    throughout; ``pair_entropy_least``, a lower bound if no two starts met, drawn as triangles; and
    for each quantity ``<quantity>_sem``.
    """
    panels.require(table, "attractors", COLUMNS)
    shown = [q for q in QUANTITIES if q in COLUMNS or (panels.has(table, q) and table[q].any())]
    rules = list(panels.rules(table))
    down = -(-len(shown) // ACROSS)
    figure, axes = panels.grid(down * len(rules), ACROSS, width=style.DOUBLE, height=1.7)
    drawn = []
    for line, (rule, rows) in zip(axes.reshape(len(rules), -1), rules, strict=True):
        for ax, quantity in zip(line, shown, strict=False):
            _panel(ax, rows, quantity)
            ax.set(xlabel=style.LOAD, ylabel=QUANTITIES[quantity])
            panels.log_axis(ax.xaxis, table["alpha"])
            drawn.append(ax)
        for ax in line[len(shown) :]:
            ax.set_axis_off()
        line[0].set_title(style.rule(rule).label if len(rules) > 1 else "")
    extra = [panels.line("number of starts", style.GREY, linestyle=":")]
    if panels.has(table, "pair_entropy_least"):
        bound = {"linestyle": "", "marker": "^", "markerfacecolor": "white"}
        extra.append(panels.line("no two starts met: lower bound", **bound))
    panels.legend(figure, drawn, extra, panels.sample_note(table))
    panels.letters(drawn)
    return figure


def _panel(ax: Axes, table: pd.DataFrame, quantity: str) -> None:
    for name, rows in panels.starts(table):
        look = style.start(name)
        if not panels.has(rows, quantity) and quantity != "pair_entropy":
            continue
        panels.curve(ax, rows, "alpha", quantity, look)
        if quantity == "attractors":
            _level(ax, rows, look)
        if quantity == "pair_entropy" and panels.has(rows, "pair_entropy_least"):
            bound = look._replace(marker="^", label="_", hollow=True)
            panels.points(ax, rows, "alpha", "pair_entropy_least", bound)
    if quantity == "attractors":
        panels.log_axis(ax.yaxis, [*table["attractors"], *table["n"]])
    elif quantity in OVERLAPS:
        ax.set_ylim(top=1.03)
    else:
        ax.set_ylim(bottom=0)


def _level(ax: Axes, rows: pd.DataFrame, look: Look) -> None:
    """Draw the number of starts, which is smaller if there are fewer examples."""
    known = rows.sort_values("alpha")
    numbers = np.asarray(known["n"], dtype=float)
    ax.plot(known["alpha"], numbers, color=look.color, linestyle=":", linewidth=0.8, zorder=1)
