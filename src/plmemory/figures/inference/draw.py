"""Spin glass: how well each rule infers the true couplings."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = ("P", "alpha", "rule", "gamma", "R")


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Reconstruction error above, cosine with the true couplings below, by load.

    ``table`` has one row per (rule, P). There is a column of panels for each system, identified by
    the optional ``L`` and ``T``. Optional: gamma_sem, R_sem.
    """
    panels.require(table, "inference", COLUMNS)
    table = panels.optional(table, L=0.0, T=0.0)
    systems = table[["L", "T"]].drop_duplicates().sort_values(["L", "T"]).to_numpy()
    width = style.COLUMN if len(systems) == 1 else style.DOUBLE
    figure, axes = panels.grid(2, len(systems), width=width, height=1.9, sharex=True, sharey="row")
    for (error, cosine), (size, temperature) in zip(axes.T, systems, strict=True):
        part = table[(table["L"] == size) & (table["T"] == temperature)]
        for name, rows in panels.rules(part):
            panels.curve(error, rows, "alpha", "gamma", style.rule(name))
            panels.curve(cosine, rows, "alpha", "R", style.rule(name))
        if size:
            error.set_title(f"$L$ = {style.number(size)}, $T$ = {style.number(temperature)}")
        cosine.set_xlabel(style.LOAD)
    panels.log_axis(axes[0, 0].xaxis, table["alpha"])
    panels.log_axis(axes[0, 0].yaxis, table["gamma"])
    axes[1, 0].set_ylim(0.0, 1.03)
    axes[0, 0].set_ylabel(r"error $\gamma=\Vert J_{\mathrm{sym}}-J/T\Vert/\Vert J/T\Vert$")
    axes[1, 0].set_ylabel("cosine $R$ of $J_{\\mathrm{sym}}$ and $J$")
    panels.legend(figure, axes.flat, title=panels.sample_note(table))
    panels.letters(axes.flat)
    return figure
