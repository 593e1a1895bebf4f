"""Scaling laws of perceptrons with a teacher: in the norm, in the load, and in both."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.look import Look

COLUMNS = (
    *("source", "curve", "alpha", "norm", "scaled_norm", "reduced_error", "theory"),
    *("scaled_error", "scaled_theory", "optimal_norm", "optimal_error"),
)
AXES = {
    "norm": r"norm of the student $\lambda$",
    "scaled_norm": r"norm over load $\lambda/\alpha$",
    "alpha": style.LOAD,
}
LIMIT = "black"


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """The error over Hebb's along the norm, all loads on one curve, and the optima over the load.

    ``table`` has a row for every (source, curve, alpha, norm), and rows without a norm that hold
    the optima. Colour is the load; the first rule of the legend has filled symbols and solid lines.
    """
    panels.require(table, "perceptron_scaling", COLUMNS)
    figure, axes = panels.grid(2, 2, width=style.DOUBLE, height=2.3)
    early, collapse, norms, errors = axes.flat
    looks = _looks([load for load in panels.values(table, "alpha") if np.isfinite(load)])
    simulated, exact, limit = (
        table[table["source"] == source] for source in ("simulation", "theory", "limit")
    )
    names = style.ordered(table["curve"])
    for name in names:
        rule = style.rule(name)
        dashes = {"linestyle": "-" if name == names[0] else "--"}
        symbols = {"marker": rule.marker}
        for load, look in looks.items():
            mine, line = (
                part[(part["curve"] == name) & (part["alpha"] == load)]
                for part in (simulated, exact)
            )
            look = look._replace(**symbols, hollow=name != names[0])
            panels.theory(early, line, "norm", "theory", look, linewidth=0.8, **dashes)
            panels.points(early, mine, "norm", "reduced_error", look, label="_")
            if name == names[0]:
                panels.theory(collapse, line, "scaled_norm", "scaled_theory", look, linewidth=0.8)
                panels.points(collapse, mine, "scaled_norm", "scaled_error", look, label="_")
        ends = limit[limit["curve"] == name]
        black = Look("", LIMIT, "")
        panels.theory(early, ends, "norm", "theory", black, linewidth=1.4, zorder=3, **dashes)
        panels.theory(
            collapse, ends, "scaled_norm", "scaled_theory", black, linewidth=1.4, zorder=3
        )
        for part in (simulated, exact, limit):
            rows = part[(part["curve"] == name) & part["optimal_norm"].notna()]
            _optima(norms, rows, "optimal_norm", -1, looks)
            _optima(errors, rows, "optimal_error", 1, looks)
    for ax, x, y, label in (
        (early, "norm", "reduced_error", r"error over Hebb's $\hat\varepsilon$"),
        (collapse, "scaled_norm", "scaled_error", r"$\alpha\,\varepsilon$"),
        (norms, "alpha", "", r"best norm $\lambda_\mathrm{opt}/\alpha$"),
        (errors, "alpha", "", r"smallest error $\alpha\,\varepsilon$"),
    ):
        panels.log_axis(ax.xaxis, table[x])
        ax.set(xlabel=AXES[x], ylabel=label)
        if y:
            panels.log_axis(ax.yaxis, simulated[y])
    panels.legend(
        figure,
        (),
        list(_keys(names, looks, panels.values(simulated, "alpha"))),
        r"bars: $\pm 1$ standard error",
    )
    panels.letters(axes.flat)
    return figure


def _looks(loads: list[float]) -> dict[float, Look]:
    shades = np.linspace(0.15, 0.9, max(len(loads), 1))
    colours = [to_hex(colormaps["viridis_r"](shade)) for shade in shades]
    return {
        load: Look(rf"$\alpha$ = {style.number(load)}", colour, "o")
        for load, colour in zip(loads, colours, strict=True)
    }


def _optima(
    ax: Axes, rows: pd.DataFrame, column: str, power: int, looks: dict[float, Look]
) -> None:
    """Symbols of simulated optima, a line of exact ones, and the level of infinite load.

    Values are multiplied by the load to this power, so the laws become constants.
    """
    sources = set(rows["source"])
    if "limit" in sources:
        for level in rows[column]:
            ax.axhline(level, color=LIMIT, linestyle=":", linewidth=1.0)
        return
    factor = rows["alpha"].astype(float) ** power
    scaled = [name for name in (column, f"{column}_sem") if name in rows]
    rows = rows.assign(**{name: rows[name] * factor for name in scaled})
    if "theory" in sources:
        panels.theory(ax, rows, "alpha", column, Look("", style.GREY, ""))
        return
    for load, look in looks.items():
        panels.points(ax, rows[rows["alpha"] == load], "alpha", column, look, label="_")


def _keys(names: list[str], looks: dict[float, Look], simulated: list[float]) -> Iterator[Line2D]:
    for load, look in looks.items():
        marker = look.marker if load in simulated else ""
        yield panels.line(look.label, look.color, marker=marker, linewidth=0.8)
    for name in names:
        rule = style.rule(name)
        first = name == names[0]
        yield panels.line(
            rule.label,
            "#404040",
            marker=rule.marker,
            linestyle="",
            markerfacecolor="#404040" if first else "white",
        )
        yield panels.line(
            rf"{rule.label}, $\alpha=\infty$",
            LIMIT,
            linestyle="-" if first else "--",
            linewidth=1.4,
        )
    yield panels.line(r"c, d: theory; dotted: law of $\alpha=\infty$", style.GREY)
