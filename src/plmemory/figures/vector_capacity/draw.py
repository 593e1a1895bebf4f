"""The capacity of vector networks, and the overlaps that they keep."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.dimensions import of_dimension

COLUMNS = (
    "d",
    "alpha",
    "capacity_d",
    "overlap",
    "median_overlap",
    "retrieved",
    "retrieved_overlap",
    "theory",
)
SCALED = r"scaled load $\alpha d = Pd/N$"
AVERAGES = "b: filled: retrieved states; open: median of all"
ISING, MANY = 0.13791, 4 / 27


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Capacity against dimension; overlap and fraction retrieved against the scaled load.

    ``table``: rows with ``capacity_d`` for panel a, measured rows with ``overlap``, and rows of
    ``theory`` between.
    """
    panels.require(table, "vector_capacity", COLUMNS)
    figure, axes = panels.grid(1, 3, width=style.DOUBLE, height=2.3)
    first, kept, fraction = axes.flat
    limits = table[table["capacity_d"].notna()].sort_values("d")
    _capacities(first, limits)
    table = table.assign(scaled=table["alpha"] * table["d"])
    known = dict(zip(limits["d"], limits["capacity_d"], strict=True))
    for dimension in panels.values(table[table["overlap"].notna()], "d"):
        rows, look = table[table["d"] == dimension], of_dimension(dimension)
        measured = rows[rows["overlap"].notna()]
        theory = rows[rows["theory"] > 0]
        panels.theory(kept, theory, "scaled", "theory", look, linewidth=1.4, alpha=0.7)
        panels.points(kept, measured, "scaled", "retrieved_overlap", look)
        median = look._replace(hollow=True, label="_")
        larger = {"markersize": 4.4, "zorder": 1.8}  # seen around the mean
        panels.points(kept, measured, "scaled", "median_overlap", median, **larger)
        panels.curve(fraction, measured, "scaled", "retrieved", look, linewidth=0.6)
        if dimension in known:
            line = {"color": look.color, "linestyle": ":", "linewidth": 0.8, "zorder": 0}
            fraction.axvline(known[dimension], **line)
    kept.set(xlabel=SCALED, ylabel="final overlap")
    fraction.set(xlabel=SCALED, ylabel=r"fraction retrieved ($m > 0.7$)", ylim=(-0.03, 1.03))
    extra = [
        panels.line("replica theory", linewidth=1.4, alpha=0.7),
        panels.line(r"capacity, $N=\infty$", linestyle=":", linewidth=0.8),
    ]
    note = "; ".join(filter(None, [AVERAGES, panels.sample_note(table, "bars and bands")]))
    panels.legend(figure, axes.flat, extra, note)
    panels.letters(axes.flat)
    return figure


def _capacities(ax: Axes, limits: pd.DataFrame) -> None:
    ax.plot(limits["d"], limits["capacity_d"], color="#404040", marker="o", markersize=2)
    limit = (MANY, r"$4/27$, $d\to\infty$", "top"), (ISING, r"$0.138$, Ising", "bottom")
    for value, label, side in limit:
        ax.axhline(value, color=style.GREY, linestyle="--", linewidth=0.6, zorder=0)
        ax.annotate(label, (limits["d"].max(), value), ha="right", va=side, fontsize=6)
    panels.log_axis(ax.xaxis, limits["d"])
    ax.set(xlabel=r"dimension $d$", ylabel=r"capacity $\alpha_c d$")
