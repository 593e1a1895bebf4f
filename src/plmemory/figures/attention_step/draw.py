"""The first step of attention, and its deviation from theory."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.dimensions import of_dimension

COLUMNS = (
    *("N", "P", "d", "kappa", "initial_overlap", "one_step_overlap", "one_step_overlap_sem"),
    *("theory", "excess", "excess_sem"),
)
DIGITS = 3  # of kappa, a product that must be equal at several dimensions


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A column for each kappa: the map, and simulation minus theory; colours are dimensions."""
    panels.require(table, "attention_step", COLUMNS)
    table = table.assign(kappa=table["kappa"].round(DIGITS))
    values = panels.values(table, "kappa")
    figure, axes = panels.grid(
        2, len(values), width=style.DOUBLE, height=1.9, sharex=True, sharey="row"
    )
    for (above, below), kappa in zip(axes.T, values, strict=True):
        rows = table[table["kappa"] == kappa]
        for dimension in panels.values(rows, "d"):
            look, mine = of_dimension(dimension), rows[rows["d"] == dimension]
            panels.theory(above, mine, "initial_overlap", "theory", look, linewidth=0.9)
            panels.points(above, mine, "initial_overlap", "one_step_overlap", look)
            panels.points(below, mine, "initial_overlap", "excess", look)
        above.plot([0, 1], [0, 1], color=style.GREY, linewidth=0.6, linestyle=":", zorder=0)
        below.axhline(0, color="#404040", linewidth=0.9, zorder=0)
        above.set_title(rf"$\kappa$ = {style.number(kappa)}")
        below.set_xlabel(style.INITIAL_OVERLAP)
        above.set(xlim=(-0.02, 1.02), ylim=(0, 1.02))
    axes[0, 0].set_ylabel(r"overlap after one step $m_1$")
    axes[1, 0].set_ylabel("simulation less theory")
    extra = [
        panels.line("theory", linewidth=0.9),
        panels.line(r"$m_1 = m_0$", style.GREY, linewidth=0.6, linestyle=":"),
    ]
    note = panels.sample_note(table, "bars")
    panels.legend(figure, axes.flat, extra, f"{_sizes(table)}, {note}" if note else _sizes(table))
    panels.letters(axes.flat)
    return figure


def _sizes(table: pd.DataFrame) -> str:
    found = []
    for column in ("N", "P"):
        numbers = [style.number(value) for value in panels.values(table, column)]
        found.append(f"${column}$ = {' and '.join(numbers)}")
    return ", ".join(found)
