"""Exponents of time and memory in N, P and q, fitted to the measurements of the benchmarks.

``python -m benchmarks.exponents`` reads results.csv and scaling.csv and writes the table and the
figure of docs/performance.md; nothing is measured.
"""

from __future__ import annotations

import math
import sys
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from benchmarks import page, scaling, table
from benchmarks.cases import sizes
from benchmarks.figure import NAMES, PANELS
from plmemory.figures.shared import style

BEGIN, END = "<!-- exponents: begin -->", "<!-- exponents: end -->"
# Sizes that grow with N in benchmarks.scaling, besides those in its table.
PATHS = {
    "descent, span": "P = N/10, 250 rows",
    "descent, tables": "P = 1000, 250 rows",
    "optimum": "P = N/20, 500 rows",
    "maximum stability": "P = N/20, about 500 rows",
    "pseudo-inverse": "P = N/20, 500 rows",
    "Potts descent": "P = 1000, q = 21, 10 rows",
    "step, held": "200 states",
    "step, by rows": "50 states",
}
# Okabe and Ito (2008), as everywhere.
LOOKS = (
    "#0072B2o",
    "#56B4E9s",
    "#D55E00^",
    "#E69F00v",
    "#009E73D",
    "#CC79A7P",
    "#000000X",
    "#8c8c8c*",
)
QUANTITIES = {"seconds": "processor seconds", "peak_mb": "peak memory, MB"}


class Series(NamedTuple):
    """Times and memory (points,) of a stage along one number, the others as ``path`` says."""

    stage: str
    number: str
    path: str
    values: np.ndarray
    seconds: np.ndarray
    peak_mb: np.ndarray


def exponent(values: np.ndarray, numbers: np.ndarray) -> tuple[float, float]:
    """Least squares slope of log numbers in log values (points,), and its standard error."""
    x, y = np.log(values), np.log(numbers)
    x = x - x.mean()
    slope = float(x @ y / (x @ x))
    left = y - y.mean() - slope * x
    return slope, math.sqrt(float(left @ left) / (len(x) - 2) / float(x @ x))


def measured() -> list[Series]:
    """All series of the two tables."""
    stages = pd.read_csv(scaling.RESULTS)
    found = [
        Series(str(name), "N", PATHS[str(name)], *rows[["N", "seconds", "peak_mb"]].to_numpy().T)
        for name, rows in stages.groupby("stage", sort=False)
    ]
    results = pd.read_csv(table.RESULTS)
    results = results.join(pd.DataFrame([sizes(text) for text in results["size"]]))
    results = results[~results["peer"].str.contains("shipped")]
    for case, number, rows, fixed in PANELS:
        chosen = results[results["case"] == case].query(rows).sort_values(number)
        columns = chosen[[number, "ours_s", "peak_memory_mb"]].to_numpy(float).T
        found.append(Series(case.split(",")[0], number, fixed.replace("$", ""), *columns))
    return found


def markdown(found: list[Series]) -> str:
    """The table of exponents."""
    lines = ["| stage | in | other sizes | from | to | exponent of time | of memory |"]
    lines.append("|---|---|---|---:|---:|---:|---:|")
    for one in found:
        fits = [exponent(one.values, of) for of in (one.seconds, one.peak_mb)]
        cells = [f"{slope:.2f} ± {error:.2f}" for slope, error in fits]
        span = (f"{one.values.min():,.0f}", f"{one.values.max():,.0f}")
        ends = [text.replace(",", " ") for text in span]
        lines.append(f"| {' | '.join([one.stage, one.number, one.path, *ends, *cells])} |")
    return "\n".join(lines) + "\n"


@style.styled
def draw(points: pd.DataFrame) -> Figure:
    """``points``: stage, N, seconds, peak_mb, of stages that grow with N."""
    figure = Figure(figsize=(style.DOUBLE, 3.2), layout="constrained")
    axes = figure.subplots(1, 2)
    for look, (name, rows) in zip(LOOKS, points.groupby("stage", sort=False), strict=True):
        color, marker = look[:7], look[7]
        for ax, column in zip(axes, QUANTITIES, strict=True):
            slope, _ = exponent(rows["N"].to_numpy(float), rows[column].to_numpy())
            middle = np.exp(np.log(rows[["N", column]]).mean())
            line = middle[column] * (rows["N"] / middle["N"]) ** slope
            ax.loglog(rows["N"], rows[column], marker, color=color, label=name)
            ax.loglog(rows["N"], line, "-", color=color, lw=0.8)
    for ax, label in zip(axes, QUANTITIES.values(), strict=True):
        ax.set(xlabel=NAMES["N"], ylabel=label)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right center")
    return figure


def main() -> int:
    """Write the table into the page, and the figure beside it."""
    found = measured()
    page.put(BEGIN, END, markdown(found))
    points = pd.read_csv(scaling.RESULTS)
    target = page.PAGE.with_name("shape.png")
    draw(points).savefig(target, dpi=200, metadata={"Software": None})
    return 0


if __name__ == "__main__":
    sys.exit(main())
