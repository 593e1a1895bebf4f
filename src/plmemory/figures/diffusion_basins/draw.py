"""Largest noises from which denoisers return, against the number of examples."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.kinds import EXAMPLES, KINDS

COLUMNS = ("dataset", "memory", "type", "K", "sigma", "critical_sigma")


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each data set and memory, a curve for each type of state.

    ``table`` has one row per (dataset, memory, type, K); ``critical_sigma``, if known, is a dotted
    line.
    """
    panels.require(table, "diffusion_basins", COLUMNS)
    shown = [
        (name, memory)
        for name in dict.fromkeys(sorted(table["dataset"]))
        for memory in style.ordered(table.loc[table["dataset"] == name, "memory"])
    ]
    figure, (row,) = panels.grid(1, len(shown), width=style.DOUBLE, height=2.1, sharey=True)
    for ax, (name, memory) in zip(row, shown, strict=True):
        here = table[(table["dataset"] == name) & (table["memory"] == memory)]
        for kind in sorted(here["type"].unique()):
            # Open symbols for images, whose colours are those of samples too.
            look = KINDS.get(kind) or style.start(kind)._replace(line="--", hollow=True)
            panels.curve(ax, here[here["type"] == kind], "K", "sigma", look)
        known = here.drop_duplicates("K").sort_values("K")
        if panels.has(known, "critical_sigma"):
            ax.plot(known["K"], known["critical_sigma"], color=style.GREY, linestyle=":")
        ax.set_title(f"{style.title(name)}\n{style.rule(memory).label}")
        ax.set_xlabel(EXAMPLES)
        panels.log_axis(ax.xaxis, here["K"])
    row[0].set_ylabel(r"largest noise returned from $\sigma$")
    row[0].set_ylim(bottom=0)
    extra = [
        panels.line("capacity of the channel, independent patterns", style.GREY, linestyle=":")
    ]
    panels.legend(figure, row, extra, panels.sample_note(table))
    panels.letters(row)
    return figure
