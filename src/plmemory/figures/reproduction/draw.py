"""Every published number beside ours: values, and deviations in units of the tolerance."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = (
    "dataset",
    "quantity",
    "alpha",
    "start",
    "published",
    "ours",
    "ours_sem",
    "tolerance",
    "agrees",
)
AGREES, DIFFERS = "#0072B2", "#D55E00"
FARTHEST = 4.0  # tolerances: the range of the panel of deviations


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A line for each published number, in the order of the table: values left, deviations right.

    ``table``: dataset, quantity and start identify the number (start may be empty); alpha is its
    load (NaN if there is none; inf for the true couplings); ours is NaN if it is not in this run:
    such numbers have no line, and one line counts them; tolerance is the allowed deviation,
    ``agrees`` the verdict (true, false; anything else: none).
    """
    panels.require(table, "reproduction", COLUMNS)
    absent = table[table["ours"].isna()]
    table = table[table["ours"].notna()].reset_index(drop=True)
    lines = np.arange(len(table))
    figure = Figure(figsize=(style.DOUBLE, 0.9 + 0.145 * len(table)), layout="constrained")
    value, deviation = figure.subplots(1, 2, sharey=True, width_ratios=(1, 1.2))
    value.scatter(
        table["published"], lines, s=20, facecolors="none", edgecolors="#404040", linewidths=0.8
    )
    unit = table["tolerance"].where(table["tolerance"] > 0).fillna(1.0)
    off = (table["ours"] - table["published"]) / unit
    agrees = table["agrees"].astype(str).str.lower()
    for verdict, color, marker in (("true", AGREES, "o"), ("false", DIFFERS, "X"), ("", "", "D")):
        chosen = agrees == verdict if verdict else ~agrees.isin(("true", "false"))
        rows = table[chosen & table["ours"].notna()]
        where = {"linestyle": "", "marker": marker, "color": color or style.GREY}
        value.plot(rows["ours"], rows.index, **where)
        bars = (rows["ours_sem"] / unit[rows.index]).fillna(0.0)
        near = off[rows.index].abs() <= FARTHEST
        inside = rows.index[near]
        deviation.errorbar(off[inside], inside, xerr=bars[inside], elinewidth=0.8, **where)
        for line in rows.index[~near]:
            _beyond(deviation, off[line], line, where["color"])
    _frame(value, deviation, table)
    extra = [
        panels.line("published", marker="o", markerfacecolor="none", linestyle="", markersize=4.5),
        panels.line("ours, agrees", AGREES, marker="o", linestyle=""),
        panels.line("ours, differs", DIFFERS, marker="X", linestyle=""),
    ]
    note = r"bars: $\pm 1$ standard error"
    panels.legend(figure, (value, deviation), extra, note + _absence(absent))
    panels.letters((value, deviation))
    return figure


def _beyond(ax: Axes, off: float, line: int, color: str) -> None:
    """A deviation beyond the panel: an arrow at its edge, and the number."""
    side = float(np.sign(off))
    ax.plot(side * FARTHEST, line, color=color, marker=">" if side > 0 else "<", linestyle="")
    word: dict[str, Any] = {"ha": "right" if side > 0 else "left", "va": "center", "fontsize": 6}
    ax.text(side * (FARTHEST - 0.2), line, f"{off:+.3g}", color=color, **word)


def _absence(absent: pd.DataFrame) -> str:
    """A line on the published numbers that are not in this run."""
    if absent.empty:
        return ""
    counts = absent["dataset"].map(lambda name: style.title(str(name))).value_counts(sort=False)
    words = ", ".join(f"{count} of {title}" for title, count in counts.items())
    return f"\nnot in this run: {words}"


def _frame(value: Axes, deviation: Axes, table: pd.DataFrame) -> None:
    names = [_name(row) for row in table.to_dict("records")]
    value.set_yticks(range(len(names)), names)
    value.set_ylim(len(names) - 0.4, -0.6)
    value.set(xlabel="value", ylabel="published number")
    deviation.axvspan(-1, 1, color=style.GREY, alpha=0.2, linewidth=0)
    deviation.axvline(0, color=style.GREY, linewidth=0.6)
    deviation.set_xlabel("(ours − published) / tolerance")
    deviation.set_xlim(*_around(deviation.get_xlim()))
    for ax in (value, deviation):
        ax.tick_params(axis="y", length=0)
        last = table["dataset"].ne(table["dataset"].shift(-1)).to_numpy().nonzero()[0][:-1]
        for line in last:
            ax.axhline(line + 0.5, color=style.GREY, linewidth=0.4)


def _around(limits: tuple[float, float]) -> tuple[float, float]:
    return min(limits[0], -1.5), max(limits[1], 1.5)


def _name(row: dict) -> str:
    """The name of a published number, for example: mnist, final overlap, test, α = 10."""
    start = row["start"] if isinstance(row["start"], str) else ""
    load = "" if pd.isna(row["alpha"]) else rf"$\alpha$ = {style.number(row['alpha'])}"
    parts = (
        style.title(str(row["dataset"])),
        row["quantity"].replace("_", " "),
        start,
        load,
    )
    return ", ".join(part for part in parts if part)
