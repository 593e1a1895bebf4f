"""Transients of attention: overlaps with the clean image against the number of steps."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.transients import BASELINES, CORRUPTIONS, NETWORK

COLUMNS = (
    *("P", "clock", "start", "corruption", "t", "overlap", "overlap_sem", "baseline"),
    *("draws", "n"),
)


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A column for each clock, a row for each corruption; baselines are for test images."""
    panels.require(table, "attention_transient", COLUMNS)
    network = table[table["baseline"] == NETWORK]
    clocks = panels.values(network, "clock")
    shown = [name for name in CORRUPTIONS if (network["corruption"] == name).any()]
    figure, axes = panels.grid(
        len(shown), len(clocks), width=style.DOUBLE, height=1.75, sharex=True, sharey="row"
    )
    for row, corruption in zip(axes, shown, strict=True):
        told = table[(table["corruption"] == corruption) & (table["start"] == "test")]
        for ax, clock in zip(row, clocks, strict=True):
            mine = network[(network["clock"] == clock) & (network["corruption"] == corruption)]
            for start, rows in panels.starts(mine):
                panels.curve(ax, rows, "t", "overlap", style.start(start))
            for name, look in BASELINES.items():
                for level in told.loc[told["baseline"] == name, "overlap"]:
                    ax.axhline(level, color=look.color, linestyle=look.line, zorder=0)
            ax.set_xscale("symlog", linthresh=1)
            ax.xaxis.set_major_formatter(FuncFormatter(lambda step, _: style.number(step)))
            ax.set(xlim=(0, 1.1 * max(network["t"].max(), 1)), ylim=(0, 1.03))
        row[0].set_ylabel(f"overlap,\n{CORRUPTIONS[corruption]}")
    for top, bottom, clock in zip(axes[0], axes[-1], clocks, strict=True):
        top.set_title(rf"$\lambda\|J_i\|$ = {style.number(clock)}")
        bottom.set_xlabel("step $t$")
    extra = [
        panels.line(look.label, look.color, linestyle=look.line) for look in BASELINES.values()
    ]
    patterns = style.number(panels.values(table, "P")[0])
    note = ", ".join(filter(None, (f"$P$ = {patterns}", panels.sample_note(table))))
    panels.legend(figure, axes.flat, extra, note)
    panels.letters(axes.flat)
    return figure
