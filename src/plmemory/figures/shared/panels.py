"""Common parts of figures: checked tables, grids of panels, curves with bands, legends."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from string import ascii_lowercase
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from scipy.special import stdtrit

from plmemory.errors import InputError
from plmemory.figures.shared import style
from plmemory.figures.shared.style import Look

Share = bool | Literal["none", "all", "row", "col"]
# Published values, and our values for the published draw.
RING: dict[str, Any] = {
    "linestyle": "",
    "marker": "o",
    "markersize": 6.5,
    "markerfacecolor": "none",
    "markeredgewidth": 0.9,
    "zorder": 3,
}
SIGMA = math.erf(1 / math.sqrt(2))  # probability within one standard deviation
LETTER = 0.052  # estimated inches of a letter of a legend
LEGEND_LINE = 0.15  # inches of a line of a legend
ROOM = 3  # lines of a legend for which a figure has room
ONE_DRAW: dict[str, Any] = {"linewidth": 0.6, "markersize": 3.2, "markerfacecolor": "white"}


def require(table: pd.DataFrame, figure: str, columns: Sequence[str]) -> pd.DataFrame:
    """The table itself; raises InputError if a column that the figure needs is missing."""
    for column in columns:
        if column not in table:
            found = ", ".join(map(str, table.columns)) or "no column"
            raise InputError(
                f"table {figure}: column '{column}' is missing, found {found}; "
                f"expected {', '.join(columns)}"
            )
    if table.empty:
        raise InputError(f"table {figure}: no rows, expected at least one")
    return table


def optional(table: pd.DataFrame, **defaults: Any) -> pd.DataFrame:
    """The table with optional columns set to their defaults where absent or empty."""
    table = table.copy()
    for column, default in defaults.items():
        table[column] = table[column].fillna(default) if column in table else default
    return table


def values(table: pd.DataFrame, column: str) -> list[float]:
    """The distinct values of a column, ascending, without NaN."""
    return sorted(float(value) for value in table[column].dropna().unique())


def dashed(loads: Sequence[float]) -> Iterator[tuple[float, Any]]:
    """Each load with its line style, when colour stands for the rule."""
    return zip(loads, itertools.cycle(style.LINES), strict=False)


def load_lines(loads: Sequence[float]) -> list[Line2D]:
    """Legend entries for loads with different line styles."""
    return [
        line(rf"$\alpha$ = {style.number(load)}", style.GREY, linestyle=dashes)
        for load, dashes in dashed(loads)
    ]


def rules(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each rule with its rows, in the order of the legends."""
    for name in style.ordered(table["rule"]):
        yield name, table[table["rule"] == name]


def starts(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each kind of starting state with its rows, in the order of the legends."""
    for name in style.ordered(table["start"]):
        yield name, table[table["start"] == name]


def has(table: pd.DataFrame, column: str) -> bool:
    """Whether an optional column exists, with at least one finite number."""
    return column in table and bool(np.isfinite(table[column].astype(float)).any())


def grid(
    rows: int,
    columns: int,
    *,
    width: float,
    height: float,
    sharex: Share = False,
    sharey: Share = False,
) -> tuple[Figure, np.ndarray]:
    """A figure of ``rows`` x ``columns`` panels, each row ``height`` inches; axes as a 2D array."""
    figure = Figure(figsize=(width, rows * height + 0.35), layout="constrained")
    axes = figure.subplots(rows, columns, sharex=sharex, sharey=sharey, squeeze=False)
    return figure, axes


def _sorted(table: pd.DataFrame, x: str, y: str) -> pd.DataFrame:
    kept = table[np.isfinite(table[x].astype(float)) & np.isfinite(table[y].astype(float))]
    return kept.sort_values(x, kind="stable")


def _symbols(look: Look, count: int, changes: dict[str, Any]) -> dict[str, Any]:
    """Settings of a line with symbols; without symbols if there are more than 25."""
    settings: dict[str, Any] = {
        "color": look.color,
        "marker": look.marker,
        "linestyle": look.line,
        "label": look.label,
        "markerfacecolor": "white" if look.hollow else look.color,
        "markersize": 3.2 if count <= 25 else 0,
    }
    return settings | changes


def student(draws: Any, level: float = SIGMA) -> Any:
    """Half width, in standard errors, of an interval that contains the mean of ``draws`` draws.

    The probability is ``level``, by Student's t: for few draws one standard error is too small. The
    error of a single draw comes from its states, which are many.
    """
    freedom = np.asarray(draws, dtype=float) - 1
    return stdtrit(np.where(freedom > 0, freedom, np.inf), (1 + level) / 2)


def _interval(rows: pd.DataFrame, y: str) -> pd.Series:
    """Half the interval of the means in a column, for the draws given by the table or the plan."""
    draws = rows["draws"] if "draws" in rows else style.draws()
    return rows[f"{y}_sem"] * student(draws)


def curve(ax: Axes, table: pd.DataFrame, x: str, y: str, look: Look, **changes: Any) -> None:
    """Simulated means joined by a line, with the band described by ``sample_note`` (``y``_sem).

    Rows with NaN or infinite x or y are left out; if none remains, only the legend gets an entry.
    """
    rows = _sorted(table, x, y)
    ax.plot(rows[x], rows[y], **_symbols(look, len(rows), changes))
    if has(rows, f"{y}_sem"):
        half = _interval(rows, y)
        low, high = rows[y] - half, rows[y] + half
        ax.fill_between(rows[x], low, high, color=look.color, alpha=0.25, linewidth=0)


def points(ax: Axes, table: pd.DataFrame, x: str, y: str, look: Look, **changes: Any) -> None:
    """Simulated means as symbols with error bars described by ``sample_note`` (``y``_sem)."""
    rows = _sorted(table, x, y)
    ax.plot(rows[x], rows[y], **_symbols(look, 1, {"linestyle": ""} | changes))
    if has(rows, f"{y}_sem"):
        bars = _interval(rows, y).fillna(0.0)
        ax.errorbar(
            rows[x], rows[y], bars, fmt="none", ecolor=look.color, elinewidth=0.8, zorder=1.9
        )


def confident(table: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """The table with standard errors (columns ``…_sem``) widened to half an interval.

    The interval contains the mean of ``draws`` draws with probability ``level`` (``student``). The
    column ``draws`` is removed, so that it is not widened again.
    """
    factors = student(table["draws"], level)
    errors = [column for column in table.columns if str(column).endswith("_sem")]
    wide = {column: table[column] * factors for column in errors}
    return table.assign(**wide, draws=np.inf)


def theory(ax: Axes, table: pd.DataFrame, x: str, y: str, look: Look, **changes: Any) -> bool:
    """Draw an exact prediction as a line without symbols, if there is one; returns whether."""
    if not has(table, y):
        return False
    rows = _sorted(table, x, y)
    lone = {"marker": "_"} if len(rows) == 1 else {}
    ax.plot(rows[x], rows[y], **({"color": look.color, "linestyle": "-"} | lone | changes))
    return True


def capped(ax: Axes, values: Iterable[float]) -> None:
    """Limit an axis of differences: a rule that barely retrieves must not flatten all others."""
    numbers = np.array(list(values), dtype=float)
    usual = numbers[np.isfinite(numbers)]
    if usual.size > 3:
        low, high = min(0.0, usual.min()), 3 * np.quantile(usual, 0.75)
        if high > 0 and usual.max() > high:
            ax.set_ylim(low - 0.05 * high, high)


def log_axis(axis: Any, data: Iterable[float]) -> None:
    """A logarithmic axis with labelled decades (for less than two, parts of them), if possible."""
    positive = [value for value in data if value > 0 and math.isfinite(value)]
    if not positive:
        return
    getattr(axis.axes, f"set_{axis.axis_name}scale")("log")
    if not math.isfinite(axis.get_minpos()):  # nothing drawn yet: no limits for ticks
        getattr(axis.axes, f"set_{axis.axis_name}lim")(min(positive) / 2, max(positive) * 2)
    if max(positive) / min(positive) >= 100:
        axis.set_minor_locator(LogLocator(base=10.0, subs=tuple(range(2, 10)), numticks=50))
    else:  # less than two decades: powers of ten alone would leave the axis without labels
        axis.set_major_locator(LogLocator(base=10.0, subs=(1, 2, 5), numticks=50))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def letters(axes: Iterable[Axes]) -> None:
    """Panel letters a … z, aa, ab … above the left edge of each panel, if there are several."""
    shown = list(axes)
    if len(shown) < 2:
        return
    names = (first + last for first in ("", *ascii_lowercase) for last in ascii_lowercase)
    for ax, name in zip(shown, names, strict=False):
        ax.set_title(name, loc="left", fontweight="bold", fontsize=8)


def line(label: str, color: str = "#404040", **changes: Any) -> Line2D:
    """A legend entry for something other than a rule: theory, the diagonal, published values."""
    return Line2D([], [], **({"color": color, "label": label} | changes))


def legend(
    figure: Figure, axes: Iterable[Axes], extra: Sequence[Line2D] = (), title: str | None = None
) -> None:
    """One legend above all panels, so that it covers no data; as many columns as fit.

    A figure grows with a long legend, so its panels keep their height.
    """
    entries: dict[str, Any] = {}
    for ax in axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    for handle in extra:
        entries.setdefault(str(handle.get_label()), handle)
    if not entries:
        return
    if title and LETTER * len(title) > figure.get_figwidth():
        title = title.replace(", ", "\n")
    columns = _columns(list(entries), figure.get_figwidth())
    lines = math.ceil(len(entries) / columns) + (title.count("\n") + 1 if title else 0)
    figure.set_figheight(figure.get_figheight() + LEGEND_LINE * max(lines - ROOM, 0))
    figure.legend(
        list(entries.values()),
        list(entries),
        loc="outside upper center",
        ncols=columns,
        title=title,
        alignment="left",
    )


def _columns(labels: list[str], width: float) -> int:
    """The most legend columns whose estimated widths fit into ``width`` inches."""
    sizes = [0.45 + LETTER * len(label.replace("$", "").replace("\\", "")) for label in labels]
    for columns in range(len(labels), 1, -1):
        if sum(max(column) for column in np.array_split(sizes, columns)) <= width:
            return columns
    return 1


def sample_note(table: pd.DataFrame, spread: str = "bands") -> str | None:
    """Title of a legend: the meaning of bands (or bars), and the number of states per point."""
    words = []
    if any(has(table, str(column)) for column in table.columns if str(column).endswith("_sem")):
        told = values(table, "draws") if "draws" in table else [style.draws()]
        draws = [count for count in told if count > 1] or [1.0]
        low, high = style.number(draws[0]), style.number(draws[-1])
        if draws[-1] > 1 and math.isfinite(draws[-1]):
            count = low if low == high else f"{low} to {high}"
            words.append(f"{spread}: 68 % confidence over {count} draws (Student's $t$)")
        else:
            words.append(rf"{spread}: $\pm 1$ standard error")
    if has(table, "n"):
        counts = values(table, "n")
        low, high = style.number(counts[0]), style.number(counts[-1])
        words.append(f"$n$ = {low if low == high else f'{low} to {high}'} states a point")
    return ", ".join(words) or None


def final_states_note(table: pd.DataFrame) -> str:
    """Title of a legend: the number S of final states, and ``sample_note``."""
    count = ", ".join(map(style.number, values(table, "samples")))
    words = f"$S$ = {count} final states of each kind and draw"
    return "; ".join(filter(None, (words, sample_note(table))))
