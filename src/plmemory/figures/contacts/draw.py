"""Contacts of the protein structure predicted from the couplings: maps, precision by rank."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = ("family", "rule", "kind", "rank", "i", "j", "value")
TRUE, FALSE = "#0072B2", "#D55E00"


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A row a family: precision against rank, and a contact map for up to two rules.

    ``table`` is long; columns that do not apply are NaN. By ``kind``:

    - precision: rule, rank, value = fraction of the ``rank`` best pairs that are contacts
    - predicted: rule, rank, i, j (columns of the alignment, i < j), value = 1 contact, 0 none, NaN
      not resolved; the best pairs, say as many as the length
    - contact: i, j (i < j); pairs in contact in the structure, drawn below the diagonal too
    - length: value = number of alignment columns; marks ranks L/2, L and 2L
    - chance (optional): value = fraction of admissible pairs in contact
    """
    panels.require(table, "contacts", COLUMNS)
    families = sorted(table["family"].unique())
    predicted = table[table["kind"] == "predicted"]
    mapped = style.ordered(predicted["rule"].dropna())[-2:]
    across = 1 + len(mapped)
    width = style.DOUBLE if across > 1 else style.COLUMN
    figure, axes = panels.grid(len(families), across, width=width, height=2.45)
    for (curves, *maps), family in zip(axes, families, strict=True):
        part = table[table["family"] == family]
        _precision(curves, part)
        for ax, name in zip(maps, mapped, strict=True):
            ax.set_title(style.rule(name).label)
            _map(ax, part, name)
    extra = []
    if mapped:
        dot = {"linestyle": "", "marker": "o"}
        extra = [
            panels.line("contact in the structure", style.GREY, marker="s", linestyle=""),
            panels.line("predicted, a contact", TRUE, **dot),
            panels.line("predicted, no contact", FALSE, markerfacecolor="white", **dot),
        ]
    panels.legend(figure, axes[:, 0], extra)
    panels.letters(axes.flat)
    for ax, family in zip(axes[:, 0], families, strict=True):
        ax.set_title(style.title(family), pad=13)  # above the marks of L/2, L and 2L
    return figure


def _precision(ax: Axes, table: pd.DataFrame) -> None:
    for name, rows in panels.rules(table[table["kind"] == "precision"]):
        panels.curve(ax, rows, "rank", "value", style.rule(name), marker="")
    panels.log_axis(ax.xaxis, table.loc[table["kind"] == "precision", "rank"])
    for level in table.loc[table["kind"] == "chance", "value"].dropna():
        look = style.CHANCE
        ax.axhline(level, color=look.color, linestyle=look.line, label=look.label)
    for length in table.loc[table["kind"] == "length", "value"].dropna():
        for factor, label in ((0.5, "$L/2$"), (1, "$L$"), (2, "$2L$")):
            ax.axvline(factor * length, color=style.GREY, linewidth=0.5, zorder=0)
            ax.text(
                factor * length,
                1.0,
                label,
                transform=ax.get_xaxis_transform(),
                ha="center",
                va="bottom",
                fontsize=6,
            )
    ax.set(xlabel="rank of the pair", ylabel="precision of pairs up to rank", ylim=(0, 1.03))


def _map(ax: Axes, table: pd.DataFrame, rule: str) -> None:
    """Structure on both sides of the diagonal, best pairs of one rule on the side i < j."""
    contacts = table[table["kind"] == "contact"]
    lengths = table.loc[table["kind"] == "length", "value"].dropna()
    size = float(np.clip((100 / lengths.max()) ** 2, 2.5, 14)) if len(lengths) else 3.0
    square: dict[str, Any] = {"marker": "s", "s": size, "color": "#c4c4c4", "linewidths": 0}
    ax.scatter(contacts["i"], contacts["j"], **square)
    ax.scatter(contacts["j"], contacts["i"], **square)
    best = table[(table["kind"] == "predicted") & (table["rule"] == rule)]
    right, wrong = best[best["value"] == 1], best[best["value"] == 0]
    ax.scatter(right["i"], right["j"], s=1.4 * size, color=TRUE, linewidths=0)
    ax.scatter(
        wrong["i"], wrong["j"], s=1.4 * size, facecolors="white", edgecolors=FALSE, linewidths=0.6
    )
    ax.set(xlabel="alignment column $i$", ylabel="alignment column $j$", aspect="equal")
