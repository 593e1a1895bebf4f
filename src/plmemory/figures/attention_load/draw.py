"""Peak and late overlaps of attention against the number of training images."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.transients import BASELINES, CORRUPTIONS

COLUMNS = (
    *("P", "clock", "start", "corruption", "peak", "peak_sem", "first_t", "late", "late_sem"),
    *("late_t", *BASELINES, "draws", "n"),
)


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A column for each corruption: peak and late overlap; colours are starts, dashes clocks."""
    panels.require(table, "attention_load", COLUMNS)
    shown = [name for name in CORRUPTIONS if (table["corruption"] == name).any()]
    figure, axes = panels.grid(
        2, len(shown), width=style.DOUBLE, height=2.0, sharex=True, sharey=True
    )
    clocks = panels.values(table, "clock")
    for column, corruption in zip(axes.T, shown, strict=True):
        mine = table[table["corruption"] == corruption]
        tests = mine[(mine["start"] == "test") & (mine["clock"] == clocks[0])]
        for ax, quantity in zip(column, ("peak", "late"), strict=True):
            for start, rows in panels.starts(mine):
                for clock, dash in panels.dashed(clocks):
                    look = style.start(start)._replace(line=dash)
                    panels.curve(ax, rows[rows["clock"] == clock], "P", quantity, look)
            for name, look in BASELINES.items():
                panels.theory(ax, tests, "P", name, look, linestyle=look.line, zorder=0)
            panels.log_axis(ax.xaxis, table["P"])
            ax.set_ylim(0, 1.03)
        column[0].set_title(CORRUPTIONS[corruption])
        column[1].set_xlabel(style.PATTERNS)
    first, last = (style.number(table[name].max()) for name in ("first_t", "late_t"))
    axes[0, 0].set_ylabel(rf"peak overlap, $t \leq {first}$")
    axes[1, 0].set_ylabel(f"overlap at $t$ = {last}")
    extra = [
        panels.line(rf"$\lambda\|J_i\|$ = {style.number(clock)}", style.GREY, linestyle=dash)
        for clock, dash in panels.dashed(clocks if len(clocks) > 1 else [])
    ]
    extra += [
        panels.line(look.label, look.color, linestyle=look.line) for look in BASELINES.values()
    ]
    panels.legend(figure, axes.flat, extra, panels.sample_note(table))
    panels.letters(axes.flat)
    return figure
