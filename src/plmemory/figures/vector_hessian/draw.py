"""The modes at the minima of vector networks."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = (
    "quantity",
    "N",
    "start",
    "eigenvalue",
    "length",
    "density",
    "localisation",
    "typical",
    "theory",
)
SIZES = "filled: largest $N$, open: smaller"
LEAST = 1e-3  # of the logarithmic axis of the density


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Density and localisation of the modes, lengths of the fields, the lowest mode by size.

    ``table``: rows by ``quantity``; those of N = inf are theory, drawn as lines.
    """
    panels.require(table, "vector_hessian", COLUMNS)
    figure, axes = panels.grid(2, 2, width=style.DOUBLE, height=2.1)
    density, field, spread, lowest = axes.flat
    shown = (
        (density, "density", "eigenvalue", "density"),
        (field, "field", "length", "density"),
        (spread, "localisation", "eigenvalue", "localisation"),
    )
    sizes = [n for n in panels.values(table, "N") if np.isfinite(n)]
    for ax, quantity, x, y in shown:
        for start, group in panels.starts(table):
            look, rows = style.start(start), group[group["quantity"] == quantity]
            panels.theory(ax, rows[np.isinf(rows["N"])], x, "theory", look)
            for size in sizes:
                at = rows[(rows["N"] == size) & (rows[y] > 0)]
                panels.points(ax, at, x, y, _of_size(look, size, sizes), markersize=2.6)
    for start, group in panels.starts(table):
        look, rows = style.start(start), group[group["quantity"] == "lowest"]
        typical = look._replace(hollow=True)
        for quantity, drawn in (("localisation", look), ("typical", typical)):
            panels.points(
                lowest, rows, "N", quantity, drawn, label="_", linestyle="-", linewidth=0.5
            )
    density.set(xlabel=r"eigenvalue $\lambda$", ylabel=r"density $\rho(\lambda)$")
    field.set(xlabel=r"length of the field $|h|$", ylabel=r"density $P(|h|)$")
    spread.set(xlabel=r"eigenvalue $\lambda$", ylabel=r"$N\cdot$IPR")
    lowest.set(xlabel=r"sites $N$", ylabel=r"$N\cdot$IPR of the lowest mode")
    density.set_yscale("log")
    density.set_ylim(LEAST, None)
    measured = table.loc[table["quantity"] == "localisation", "localisation"]
    spread.set_yscale("log")
    if measured.notna().any():
        spread.set_ylim(1, 3 * measured.max())
    panels.log_axis(lowest.xaxis, sizes)
    panels.log_axis(lowest.yaxis, table.loc[table["quantity"] == "lowest", "localisation"])
    note = "; ".join(filter(None, [SIZES, panels.sample_note(table, "bars")]))
    panels.legend(figure, axes.flat, [panels.line("theory for memories")], note)
    panels.letters(axes.flat)
    return figure


def _of_size(look: style.Look, size: float, sizes: list[float]) -> style.Look:
    """The largest size has full symbols, the others open symbols without a legend entry."""
    largest = size == sizes[-1]
    return look._replace(hollow=not largest, label=look.label if largest else "_")
