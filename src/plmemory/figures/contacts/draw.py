"""Contacts of the protein structure predicted from the couplings: precision by rank, and a map."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.contacts.contacts import MEAN_FIELD
from plmemory.figures.shared import panels, style
from plmemory.figures.shared.look import Look

COLUMNS = ("family", "title", "definition", "rule", "kind", "rank", "i", "j", "value")
DEFINITIONS = {"heavy": "heavy atoms", "beta": r"C$_\beta$ atoms"}
MAPPED = "heavy"  # the definition of the contacts of the map
TRUE, FALSE = "#0072B2", "#D55E00"
BASELINE = Look("mean field", "#8C564B", "v")
CHAIN: dict[str, Any] = {"color": style.GREY, "linestyle": "-", "linewidth": 0.8}


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A row for each family: precision against rank by each definition of a contact, and a map.

    ``table`` is long; columns that do not apply are NaN. By ``kind``:

    - precision: rule, rank, value = fraction of the ``rank`` best pairs that are contacts, and
      optionally value_sem
    - predicted: rule, rank, i, j (columns of the alignment, i < j), value = 1 contact, 0 none; the
    best pairs, about as many as columns; the map shows the first rule that is not the baseline
    - contact: i, j (i < j); pairs in contact in the structure, drawn below the diagonal too
    - length: value = number of alignment columns; marks ranks L/2, L and 2L
    - chance, chain (optional): value = fraction of admissible pairs in contact, and of the ``rank``
      nearest along the chain
    - sequences (optional): value = their number, named in the title
    """
    panels.require(table, "contacts", COLUMNS)
    families = sorted(table["family"].unique())
    predicting = table.loc[table["kind"] == "predicted", "rule"].dropna()
    mapped = style.ordered(predicting[predicting != MEAN_FIELD])[:1]
    across = len(DEFINITIONS) + len(mapped)
    figure, axes = panels.grid(len(families), across, width=style.DOUBLE, height=2.1)
    panels.letters(axes.flat)  # before the titles, which lie higher
    for row, family in zip(axes, families, strict=True):
        part = table[table["family"] == family]
        for ax, (definition, name) in zip(row, DEFINITIONS.items(), strict=False):
            whole = part["definition"].isna()
            _precision(ax, part[whole | (part["definition"] == definition)])
            # Above the marks of L/2, L and 2L, and beside the letter.
            ax.set_title(f"{_title(part)}: {name}", pad=13, fontsize=7)
        for ax, rule in zip(row[len(DEFINITIONS) :], mapped, strict=True):
            _map(ax, part, rule)
            ax.set_title("best $L$ pairs", pad=13)
    dot = {"linestyle": "", "marker": "o"}
    extra = [panels.line("nearest along the chain", **CHAIN)]
    if mapped:
        of = style.rule(mapped[0]).label
        extra += [
            panels.line("contact in the structure", "#c4c4c4", marker="s", linestyle=""),
            panels.line(f"{of}: a contact", TRUE, **dot),
            panels.line(f"{of}: no contact", FALSE, markerfacecolor="white", **dot),
        ]
    note = None
    if panels.has(table, "value_sem"):
        note = r"bands: $\pm 1$ standard error, bootstrap over blocks of columns"
    panels.legend(figure, axes[:, 0], extra, note)
    return figure


def _title(table: pd.DataFrame) -> str:
    """The name of the family, and the number of sequences from which its couplings are."""
    title = str(table["title"].iloc[0])
    counts = table.loc[table["kind"] == "sequences", "value"].dropna()
    return f"{title}, $P$ = {style.number(counts.iloc[0])}" if len(counts) else title


def _precision(ax: Axes, table: pd.DataFrame) -> None:
    for name, rows in panels.rules(table[table["kind"] == "precision"]):
        look = BASELINE if name == MEAN_FIELD else style.rule(name)
        panels.curve(ax, rows, "rank", "value", look, marker="")
    chain = table[table["kind"] == "chain"].sort_values("rank")
    ax.plot(chain["rank"], chain["value"], **CHAIN)
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
    lengths = table.loc[table["kind"] == "length", "value"].dropna()
    table = table[table["definition"] == MAPPED]
    contacts = table[table["kind"] == "contact"]
    size = float(np.clip((100 / lengths.max()) ** 2, 1.0, 14)) if len(lengths) else 3.0
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
