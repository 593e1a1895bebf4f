"""All memories by one measurement: fractions of three kinds, and overlaps with real images."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.kinds import EXAMPLES, KINDS, REAL, REAL_KINDS

COLUMNS = (
    *("memory", "start", "K", *KINDS, "samples"),
    *("nearest_heldout", "nearest_heldout_real", *REAL_KINDS),
)
LABELS = {name: f"{name} fraction" for name in KINDS} | {
    "nearest_heldout": "overlap with the\nnearest held-out image"
}
LINES = {"random": "-", "noisy_test": "--", "test": ":"}


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each quantity; colours are memories, dashes starts; and real images.

    ``table`` is described in ``figures.shared.kinds``, with one row per (memory, start, K).
    """
    panels.require(table, "memorisation_generalisation", COLUMNS)
    figure, axes = panels.grid(2, 2, width=style.DOUBLE, height=2.0, sharex=True)
    for ax, (quantity, label) in zip(axes.flat, LABELS.items(), strict=True):
        for memory in style.ordered(table["memory"]):
            look = style.rule(memory)
            panels.curve(ax, table[:0], "K", quantity, look._replace(line="-"))  # in the legend
            for start, rows in panels.starts(table[table["memory"] == memory]):
                own = look._replace(label="_", line=LINES[start])
                panels.curve(ax, rows, "K", quantity, own)
        ax.set_ylabel(label)
        if quantity in KINDS:
            ax.set_ylim(bottom=-0.02)
    real = table.drop_duplicates("K")
    for ax, quantity in zip(axes.flat, (*REAL_KINDS, "nearest_heldout_real"), strict=True):
        panels.curve(ax, real, "K", quantity, REAL._replace(label="real images"), linewidth=0.8)
    for ax in axes[1]:
        ax.set_xlabel(EXAMPLES)
    panels.log_axis(axes[0, 0].xaxis, table["K"])
    starts = [
        panels.line(f"start: {start.replace('_', ' ')}", style.GREY, linestyle=line)
        for start, line in LINES.items()
        if start in set(table["start"])
    ]
    panels.legend(figure, axes.flat, starts, title=panels.final_states_note(table))
    panels.letters(axes.flat)
    return figure
