"""Peak and late overlaps of attention against the number of training images."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.transients import BASELINES, CORRUPTIONS

COLUMNS = (
    *("P", "clock", "start", "corruption", "peak", "peak_sem", "late", "late_sem", "late_t"),
    *BASELINES,
    *("draws", "n"),
)


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A row a corruption: the peak and the late overlap; a colour a start, a dash a clock."""
    panels.require(table, "attention_load", COLUMNS)
    shown = [name for name in CORRUPTIONS if (table["corruption"] == name).any()]
    figure, axes = panels.grid(
        len(shown), 2, width=style.COLUMN, height=1.5, sharex=True, sharey="row"
    )
    clocks = panels.values(table, "clock")
    for row, corruption in zip(axes, shown, strict=True):
        mine = table[table["corruption"] == corruption]
        for ax, column in zip(row, ("peak", "late"), strict=True):
            for start, rows in panels.starts(mine):
                for clock, dash in panels.dashed(clocks):
                    look = style.start(start)._replace(line=dash)
                    panels.curve(ax, rows[rows["clock"] == clock], "P", column, look)
            tests = mine[(mine["start"] == "test") & (mine["clock"] == clocks[0])]
            for name, look in BASELINES.items():
                panels.theory(ax, tests, "P", name, look, linestyle=look.line, zorder=0)
            panels.log_axis(ax.xaxis, table["P"])
            ax.set_ylim(0, 1.03)
        row[0].set_ylabel(f"overlap, {CORRUPTIONS[corruption]}")
    last = style.number(table["late_t"].max())
    for ax, title in zip(axes[0], ("peak, first steps", f"after {last} steps"), strict=True):
        ax.set_title(title)
    for ax in axes[-1]:
        ax.set_xlabel(style.PATTERNS)
    extra = [
        panels.line(rf"$\lambda\|J_i\|$ = {style.number(clock)}", style.GREY, linestyle=dash)
        for clock, dash in panels.dashed(clocks)
    ]
    extra += [
        panels.line(look.label, look.color, linestyle=look.line) for look in BASELINES.values()
    ]
    panels.legend(figure, axes.flat, extra, panels.sample_note(table))
    panels.letters(axes.flat)
    return figure
