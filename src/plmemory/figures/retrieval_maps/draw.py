"""Retrieval maps of random patterns: overlap after the dynamics and after one step."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = (
    "rule",
    "alpha",
    "initial_overlap",
    "final_overlap",
    "final_overlap_sem",
    "one_step_overlap",
    "one_step_overlap_sem",
)
ACROSS = 4  # largest number of panels in a row


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Two panels for each load: final overlap and, below, one-step overlap against the initial one.

    ``table`` has one row per (rule, alpha, initial_overlap): means over patterns and replicates and
    their standard errors. Optional column ``one_step_theory``: the exact one-step map, drawn as a
    line under the measured symbols.
    """
    panels.require(table, "retrieval_maps", COLUMNS)
    loads = panels.values(table, "alpha")
    bands = -(-len(loads) // ACROSS)
    across = -(-len(loads) // bands)
    width = style.COLUMN if across == 1 else style.DOUBLE
    figure, axes = panels.grid(
        2 * bands,
        across,
        width=width,
        height=max(0.92 * width / across, 1.8) if across > 1 else 2.6,
        sharex=True,
        sharey=True,
    )
    for unused in range(len(loads), bands * across):
        for row in (0, 1):
            axes[2 * (unused // across) + row, unused % across].set_axis_off()
    shown, predicted = [], False
    for place, load in enumerate(loads):
        band, column = divmod(place, across)
        final, first = axes[2 * band, column], axes[2 * band + 1, column]
        final.set_title(rf"$\alpha$ = {style.number(load)}")
        for name, rows in panels.rules(table[table["alpha"] == load]):
            look = style.rule(name)
            panels.curve(final, rows, "initial_overlap", "final_overlap", look)
            if panels.theory(first, rows, "initial_overlap", "one_step_theory", look):
                predicted = True
                panels.points(first, rows, "initial_overlap", "one_step_overlap", look)
            else:
                panels.curve(first, rows, "initial_overlap", "one_step_overlap", look)
        for ax in (final, first):
            ax.plot([0, 1], [0, 1], color=style.GREY, linewidth=0.6, linestyle=":", zorder=0)
            ax.set(xlim=(0, 1), ylim=(0, 1.03), box_aspect=1)
        shown += [final, first]
        first.set_xlabel(style.INITIAL_OVERLAP)
        if column == 0:
            final.set_ylabel(style.FINAL_OVERLAP)
            first.set_ylabel(r"overlap after one step $m_1$")
    extra = [panels.line(r"$m = m_0$", style.GREY, linewidth=0.6, linestyle=":")]
    if predicted:
        extra.append(panels.line("one step: theory"))
    panels.legend(figure, shown, extra, panels.sample_note(table))
    panels.letters([ax for row in axes for ax in row if ax in shown])
    return figure
