"""Times against N, P and q, drawn from the table of results."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from benchmarks.cases import sizes
from plmemory.figures.shared import style

DESCENT, POTTS = "descent epoch", "Potts evaluation, random"
# Panels: case, number on the x axis, the rows that belong to it, the fixed numbers.
PANELS = (
    (DESCENT, "N", "5 * P == 2 * N", "$P = 0.4 N$"),
    (DESCENT, "P", "N == 1000", "$N = 1000$"),
    (POTTS, "N", "P == 2000 and q == 21", "$P = 2000$, $q = 21$"),
    (POTTS, "P", "N == 64 and q == 21", "$N = 64$, $q = 21$"),
    (POTTS, "q", "N == 64 and P == 2000", "$N = 64$, $P = 2000$"),
)
LINES = (
    ("peer_s", "peer: pl-training, model alone;\ndense one-hot data in torch", "#CC6677", "s--"),
    ("ours_s", "plmemory", "#0072B2", "o-"),
    ("floor_s", "floor", style.GREY, ":"),
)
NAMES = {"N": "sites $N$", "P": "patterns $P$", "q": "colours $q$"}


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """``table``: the rows of results.csv."""
    numbers = pd.DataFrame(list(table["size"].map(sizes)), index=table.index)
    table = table.join(numbers)
    table = table[~table["peer"].str.contains("shipped")]
    figure = Figure(figsize=(style.DOUBLE, 4.0), layout="constrained")
    axes = list(figure.subplots(2, 3).flat)
    for ax, (case, number, rows, fixed) in zip(axes, PANELS, strict=False):
        shown = table[table["case"] == case].query(rows).sort_values(number)
        for column, label, color, line in LINES:
            ax.loglog(shown[number], shown[column], line, color=color, label=label)
        ax.set(xlabel=NAMES[number], ylabel="seconds", title=f"{case.split(',')[0]}, {fixed}")
        ax.set_xticks(shown[number], labels=shown[number].astype(int))
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.tick_params(axis="x", labelrotation=45)
    axes[-1].axis("off")
    axes[-1].legend(*axes[0].get_legend_handles_labels(), loc="center left")
    return figure


def save(results: Path, target: Path) -> None:
    """Draw ``results`` (results.csv) to ``target``, a PNG file."""
    draw(pd.read_csv(results)).savefig(target, dpi=200, metadata={"Software": None})
