"""Spin glass: what pseudo-likelihood learns of the true couplings, and energies reached."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = ("rule", "P", "alpha", "start", "gamma", "R", "energy")


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Reconstruction error, cosine with the true couplings, energy per site by start, by load.

    ``table`` has one row per (P, start); gamma and R are those of the couplings and repeat over
    starts; energy is E/N under the true couplings after the dynamics (start ``sample``: of the
    equilibrium samples themselves). Rows of P = alpha = inf used the true couplings: their
    energies are levels across the panel. Optional: ``rule`` (colour of the first two panels, line
    style of the third), ``L`` and ``T`` (a row of panels each), gamma_sem, R_sem, energy_sem.
    """
    panels.require(table, "inference", COLUMNS)
    table = panels.optional(table, L=0.0, T=0.0)
    systems = [
        (size, temperature, table[(table["L"] == size) & (table["T"] == temperature)])
        for size, temperature in table[["L", "T"]]
        .drop_duplicates()
        .sort_values(["L", "T"])
        .to_numpy()
    ]
    figure, axes = panels.grid(len(systems), 3, width=style.DOUBLE, height=2.1)
    for (error, cosine, energy), (size, temperature, part) in zip(axes, systems, strict=True):
        names = style.ordered(part["rule"])
        for name, rows in panels.rules(part):
            dashes = style.LINES[names.index(name) % len(style.LINES)]
            once = rows.drop_duplicates("P")
            panels.curve(error, once, "alpha", "gamma", style.rule(name))
            panels.curve(cosine, once, "alpha", "R", style.rule(name))
            for kind, reached in panels.starts(rows):
                look = style.start(kind)._replace(line=dashes)
                panels.curve(energy, reached, "alpha", "energy", look)
                for level in reached.loc[reached["P"] == float("inf"), "energy"].dropna():
                    energy.axhline(level, color=look.color, linestyle="--", linewidth=0.6)
        error.set_ylabel(r"error $\gamma=\Vert J_{\mathrm{sym}}-J/T\Vert/\Vert J/T\Vert$")
        panels.log_axis(error.yaxis, part.loc[part["P"] < float("inf"), "gamma"])
        cosine.set_ylabel(r"cosine $R$ with true couplings")
        cosine.set_ylim(top=1.03)
        energy.set_ylabel("energy per site $E/N$")
        for ax in (error, cosine, energy):
            panels.log_axis(ax.xaxis, part["alpha"])
            ax.set_xlabel(style.LOAD)
        if size:
            cosine.set_title(f"$L$ = {style.number(size)}, $T$ = {style.number(temperature)}")
    extra = []
    if (table["P"] == float("inf")).any():
        extra = [panels.line(r"true couplings, $P=\infty$", linestyle="--", linewidth=0.6)]
    names = style.ordered(table["rule"])
    if len(names) > 1:
        extra += [
            panels.line(
                f"energy: {style.rule(name).label}", linestyle=style.LINES[place % len(style.LINES)]
            )
            for place, name in enumerate(names)
        ]
    panels.legend(figure, axes.flat, extra)
    panels.letters(axes.flat)
    return figure
