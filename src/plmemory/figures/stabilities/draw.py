"""Distributions of the stabilities of random patterns, measured and exact."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = ("rule", "alpha", "b", "objective", "stability", "density", "theory_density")
OBJECTIVE = "pseudo-likelihood"  # the objective of its limit begins with it too
FLOOR = 1e-2  # of the logarithmic density axis


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A column for each load; PL and its limit, maximum stability, above the other rules.

    ``table`` has one row per (rule, alpha, b, stability): stability is the centre of a bin, density
    is measured, theory_density exact (NaN if unknown). b = λ‖J_i‖ is the given norm, NaN for rules
    without such a setting. Symbols are measured; lines are theory or, without theory, thin lines
    that join the symbols.
    """
    panels.require(table, "stabilities", COLUMNS)
    loads = panels.values(table, "alpha")
    objective = table["objective"].fillna("")
    trained = objective == OBJECTIVE
    top = objective.str.startswith(OBJECTIVE) if trained.any() else trained
    groups = [table[top], table[~top]]
    groups = [group for group in groups if len(group)]
    width = style.COLUMN if len(loads) == 1 else style.DOUBLE
    figure, axes = panels.grid(len(groups), len(loads), width=width, height=1.9, sharex="col")
    predicted = False
    for line, group in zip(axes, groups, strict=True):
        line[0].set_ylabel(r"density $p(\Delta)$")
        highest = group[["density", "theory_density"]].max().max()
        for ax, load in zip(line, loads, strict=True):
            for name, rows in panels.rules(group[group["alpha"] == load]):
                look = style.rule(name)
                seen = rows[rows["density"] > 0]
                if panels.theory(ax, rows, "stability", "theory_density", look):
                    predicted = True
                    panels.points(ax, seen, "stability", "density", look, markersize=2)
                else:
                    faint = {"linewidth": 0.5, "markersize": 2}
                    panels.curve(ax, seen, "stability", "density", look, **faint)
            ax.axvline(0, color=style.GREY, linewidth=0.6, linestyle=":", zorder=0)
            # From nearly delta functions (pseudo-inverse) to a Gaussian of width 1 (Hebb).
            panels.log_axis(ax.yaxis, [FLOOR, *group["density"]])
            ax.set_ylim(FLOOR, 2 * highest if highest > FLOOR else None)
    for ax, load in zip(axes[0], loads, strict=True):
        ax.set_title(rf"$\alpha$ = {style.number(load)}")
    # One for all columns: with six loads there is no room for one each.
    label = r"stability $\Delta_i^\mu=\xi_i^\mu h_i^\mu/\Vert J_i\Vert$"
    figure.supxlabel(label, fontsize=axes[-1, 0].xaxis.label.get_size())
    extra = [panels.line("theory")] if predicted else []
    panels.legend(figure, axes.flat, extra, _outside(table))
    panels.letters(axes.flat)
    return figure


def _outside(table: pd.DataFrame) -> str | None:
    """The part of the measured densities beyond the bins, if it is at least one per cent."""
    bins = table["stability"].drop_duplicates().sort_values()
    width = float(bins.diff().median())
    within = table.groupby(["rule", "alpha"])["density"].sum() * width
    most = 1.0 - float(within.min())
    return (
        f"up to {most:.0%} of a rule's stabilities lie outside the range" if most >= 0.01 else None
    )
