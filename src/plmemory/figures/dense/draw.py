"""A dense associative memory as a reference of capacity."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.style import Look

COLUMNS = ("order", "P", "N", "unstable_site_fraction", "fixed_point_fraction", "capacity")
QUANTITIES = {
    "unstable_site_fraction": "fraction of sites unstable",
    "fixed_point_fraction": "fraction of patterns fixed",
}
# Order two is Hebb's rule.
LOOKS = {2: style.Look("$n$ = 2: Hebb", "#000000", "s")}
OTHERS = (("#882255", "o"), ("#44AA99", "^"), ("#B8A500", "D"))


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each quantity against the number of patterns, theory as a line.

    ``table`` has one row per (order, P). Optional, for each quantity: ``<quantity>_sem`` and
    ``<quantity>_theory``.
    """
    panels.require(table, "dense", COLUMNS)
    figure, axes = panels.grid(1, 2, width=style.DOUBLE, height=2.3)
    dense = [order for order in panels.values(table, "order") if order not in LOOKS]
    for order in panels.values(table, "order"):
        rows, look = table[table["order"] == order], LOOKS.get(int(order))
        if look is None:
            color, marker = OTHERS[dense.index(order) % len(OTHERS)]
            look = Look(f"$n$ = {order:.0f}", color, marker)
        for ax, quantity in zip(axes.flat, QUANTITIES, strict=True):
            panels.theory(ax, rows, "P", f"{quantity}_theory", look, linewidth=1.2, alpha=0.6)
            panels.points(ax, rows, "P", quantity, look)
            for capacity in panels.values(rows, "capacity"):
                ax.axvline(capacity, color=look.color, linestyle=":", linewidth=0.8, zorder=0)
    for ax, label in zip(axes.flat, QUANTITIES.values(), strict=True):
        panels.log_axis(ax.xaxis, table["P"])
        ax.set(xlabel="patterns $P$", ylabel=label)
        ax.set_ylim(bottom=0)
    extra = [panels.line("capacity without errors", linestyle=":", linewidth=0.8)]
    if any(panels.has(table, f"{quantity}_theory") for quantity in QUANTITIES):
        extra.insert(0, panels.line("theory", linewidth=1.2, alpha=0.6))
    sites = ", ".join(style.number(value) for value in panels.values(table, "N"))
    note = ", ".join(filter(None, [f"$N$ = {sites}", panels.sample_note(table, "bars")]))
    panels.legend(figure, axes.flat, extra, note)
    panels.letters(axes.flat)
    return figure
