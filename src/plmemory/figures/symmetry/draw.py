"""The cost of symmetric couplings: basins, stabilities, fixed points and cycles."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = ("rule", "alpha", "quantity", "value")
QUANTITIES = {
    "half_overlap": style.HALF_OVERLAP,
    "critical_overlap": r"critical overlap $m_c$",
    "mean_stability": r"mean stability $\langle\Delta\rangle$",
    "min_stability": r"smallest stability $\min\Delta_i^\mu$",
    "asymmetry": r"asymmetry of $J$",
    "fixed_point_fraction": "fraction to fixed points",
    "cycle_fraction": "fraction to cycles",
    "unsettled_fraction": "fraction still moving",
    "steps": "steps until settled",
}
ACROSS = 3


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each quantity against load; symmetric rules have open symbols and dashed lines.

    ``table`` is long, with one row per (rule, alpha, quantity): value, and optionally value_sem and
    value_theory. Quantities outside ``QUANTITIES`` are drawn with their own name; a quantity that
    is zero throughout is named in the legend instead. Lines are theory or, without theory, join the
    symbols. Fractions are of random starts.
    """
    panels.require(table, "symmetry", COLUMNS)
    present = set(table["quantity"])
    names = [q for q in QUANTITIES if q in present] + sorted(present - set(QUANTITIES))
    nothing = [q for q in names if not table.loc[table["quantity"] == q, "value"].any()]
    names = [q for q in names if q not in nothing] or names[:1]
    across = min(len(names), ACROSS)
    width = style.COLUMN if across == 1 else style.DOUBLE
    figure, axes = panels.grid(-(-len(names) // across), across, width=width, height=1.85)
    shown, predicted = list(axes.flat[: len(names)]), False
    for ax in axes.flat[len(names) :]:
        ax.set_axis_off()
    for ax, quantity in zip(shown, names, strict=True):
        for name, rows in panels.rules(table[table["quantity"] == quantity]):
            look = style.rule(name)
            if panels.theory(ax, rows, "alpha", "value_theory", look):
                predicted = True
                panels.points(ax, rows, "alpha", "value", look)
            else:
                panels.curve(ax, rows, "alpha", "value", look)
        ax.set(xlabel=style.LOAD, ylabel=QUANTITIES.get(quantity, quantity.replace("_", " ")))
    extra = [panels.line("theory")] if predicted else []
    notes = [panels.sample_note(table), *(f"{QUANTITIES.get(q, q)}: none" for q in nothing)]
    panels.legend(figure, shown, extra, ", ".join(filter(None, notes)))
    panels.letters(shown)
    return figure
