"""Test errors along the norm of a network that learns labels, and the optima against P."""

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.style import Look

COLUMNS = (
    *("P", "norm", "test_error", "optimal_norm", "smallest_error"),
    *("exponent", "value", "value_sem", "draws"),
)
OPTIMA = {
    # column: label of the axis, what is told of the exponents, where
    "optimal_norm": (r"best norm $\lambda_\mathrm{opt}$", r"$\gamma_2$ = {gamma_2}", 0.95),
    "smallest_error": (
        r"smallest test error $\varepsilon$",
        "$\\gamma$ = {gamma}\n$\\gamma_1\\gamma_2$ = {gamma_predicted}",
        0.15,
    ),
}


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """The error along the norm, coloured by P; the norm and the error of the optimum against P.

    ``table`` has a row for every (P, norm), one for every P with ``optimal_norm`` and
    ``smallest_error``, and one for every ``exponent``.
    """
    panels.require(table, "norm_clock", COLUMNS)
    figure, (row,) = panels.grid(1, 3, width=style.DOUBLE, height=2.3)
    course, *optima = row
    sizes = panels.values(table, "P")
    shades = colormaps["viridis_r"](np.linspace(0.15, 0.9, max(len(sizes), 1)))
    looks = [
        Look(f"$P$ = {style.number(size)}", to_hex(shade), "o")
        for size, shade in zip(sizes, shades, strict=True)
    ]
    for size, look in zip(sizes, looks, strict=True):
        rows = table[table["P"] == size]
        panels.curve(course, rows, "norm", "test_error", look, marker="")
        for ax, column in zip(optima, OPTIMA, strict=True):
            panels.points(ax, rows, "P", column, look, label="_")
    course.set(xlabel=r"norm $\lambda$ of the weights", ylabel=r"test error $\varepsilon$")
    panels.log_axis(course.xaxis, table["norm"])
    panels.log_axis(course.yaxis, table["test_error"])
    told = _told(table)
    for ax, (column, (label, words, height)) in zip(optima, OPTIMA.items(), strict=True):
        panels.log_axis(ax.xaxis, table["P"])
        panels.log_axis(ax.yaxis, table[column])
        ax.set(xlabel=style.PATTERNS, ylabel=label)
        ax.text(0.05, height, words.format(**told), transform=ax.transAxes, va="top")
    note = r"bands and bars: $\pm 1$ standard error"
    for draws in panels.values(table, "draws")[-1:]:
        note += f" over {style.number(draws)} choices of the training examples"
    panels.legend(figure, [course], title=note)
    panels.letters(row)
    return figure


def _told(table: pd.DataFrame) -> dict[str, str]:
    told = dict.fromkeys(("gamma_1", "gamma_2", "gamma_predicted", "gamma"), "?")
    for row in table[table["exponent"].notna()].to_dict("records"):
        told[row["exponent"]] = rf"{row['value']:.2f} $\pm$ {row['value_sem']:.2f}"
    return told
