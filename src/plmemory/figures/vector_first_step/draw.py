"""The first step of vector networks: maps, limits of denoising, histories."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.dimensions import of_dimension

COLUMNS = (
    "panel",
    "d",
    "alpha",
    "initial_overlap",
    "one_step_overlap",
    "one_step_overlap_sem",
    "theory",
    "time",
    "overlap",
    "overlap_sem",
)


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Three panels, by the column ``panel`` of the table: map, limit, time."""
    panels.require(table, "vector_first_step", COLUMNS)
    figure, axes = panels.grid(1, 3, width=style.DOUBLE, height=2.3)
    first, limit, history = axes.flat
    maps, times = (table[table["panel"] == name] for name in ("map", "time"))
    for dimension in panels.values(maps, "d"):
        look = of_dimension(dimension)
        rows = maps[maps["d"] == dimension]
        panels.theory(first, rows, "initial_overlap", "theory", look, linewidth=0.9)
        panels.points(first, rows, "initial_overlap", "one_step_overlap", look)
        panels.curve(history, times[times["d"] == dimension], "time", "overlap", look)
    first.plot([0, 1], [0, 1], color=style.GREY, linewidth=0.6, linestyle=":", zorder=0)
    first.set(xlabel=style.INITIAL_OVERLAP, ylabel=r"overlap after one step $m_1$")
    first.set(xlim=(0, 1.02), ylim=(0, 1.02))
    _limits(limit, table[table["panel"] == "limit"])
    history.set(xlabel="step $t$", ylabel="overlap $m(t)$", ylim=(0, 1.02))
    for ax in (first, history):
        loads = panels.values(maps, "alpha")
        ax.set_title(rf"$\alpha$ = {', '.join(map(style.number, loads))}")
    extra = [
        panels.line("theory", linewidth=0.9),
        panels.line(r"$m_1 = m_0$", style.GREY, linewidth=0.6, linestyle=":"),
    ]
    panels.legend(figure, (first, history), extra, panels.sample_note(table, "bars and bands"))
    panels.letters(axes.flat)
    return figure


def _limits(ax: Axes, rows: pd.DataFrame) -> None:
    for place, overlap in enumerate(panels.values(rows, "initial_overlap")):
        line = rows[rows["initial_overlap"] == overlap].sort_values("d")
        dash, color = ("--", style.GREY) if overlap == 0 else ("-", "#404040")
        ax.plot(line["d"], line["alpha"], linestyle=dash, color=color, linewidth=1.2 - 0.2 * place)
        where = (line["d"].iloc[-1], line["alpha"].iloc[-1])
        label = r"$m_0\to0$" if overlap == 0 else rf"$m_0$ = {overlap:g}"
        ax.annotate(label, where, xytext=(3, -2), textcoords="offset points", fontsize=6)
    panels.log_axis(ax.xaxis, rows["d"])
    panels.log_axis(ax.yaxis, rows["alpha"])
    ax.set_xlim(right=3 * ax.get_xlim()[1])  # room for the labels
    ax.set(xlabel=r"dimension $d$", ylabel=r"largest load of denoising $\tilde\alpha$")
