"""The weight of the right pattern, for random patterns and for images."""

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.look import LINES, MARKERS, Look

COLUMNS = (
    "dataset",
    "independent",
    "N",
    "K",
    "initial_overlap",
    "weight",
    "critical_overlap",
    "rate",
)
WEIGHT = "weight of the right pattern"


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Colours are numbers of patterns, line styles and symbols numbers of sites.

    ``table`` has one row per (dataset, K, initial_overlap); if patterns are ``independent``, the
    ``critical_overlap`` is a vertical line.
    """
    panels.require(table, "diffusion_capacity", COLUMNS)
    figure, (row,) = panels.grid(1, 3, width=style.DOUBLE, height=2.3, sharey=True)
    counts = panels.values(table, "K")
    shades = colormaps["viridis_r"](np.linspace(0.15, 0.9, len(counts)))
    colors = list(zip(counts, map(to_hex, shades), strict=True))
    random = table["independent"].astype(bool)
    sizes = list(zip(panels.values(table, "N"), LINES, MARKERS, strict=False))
    for size, dashes, marker in sizes:
        for count, color in colors:
            here = table[(table["N"] == size) & (table["K"] == count)]
            look = Look("_", color, marker, dashes)
            known, images = here[random[here.index]], here[~random[here.index]]
            if len(known):
                panels.curve(row[0], known, "initial_overlap", "weight", look)
                panels.curve(row[1], known, "rate", "weight", look)
                for critical in panels.values(known, "critical_overlap"):
                    row[0].axvline(critical, color=color, linestyle=":", linewidth=0.7, zorder=0)
            if len(images):
                panels.curve(row[2], images, "rate", "weight", look)
    for ax in row[1:]:
        ax.axvline(1, color=style.GREY, linestyle=":", linewidth=0.7, zorder=0)
        panels.log_axis(ax.xaxis, table["rate"])
        ax.set_xlabel(r"$(\ln K)/N$ over the capacity at $m_0$")
    row[0].set(xlabel=style.INITIAL_OVERLAP, ylabel=WEIGHT, ylim=(-0.03, 1.03))
    row[1].set_title("random patterns")
    row[2].set_title(", ".join(map(style.title, dict.fromkeys(table.loc[~random, "dataset"]))))
    extra = [
        panels.line(f"$N$ = {style.number(size)}", style.GREY, marker=marker, linestyle=dashes)
        for size, dashes, marker in sizes
    ]
    extra += [panels.line(f"$K$ = {style.number(count)}", color) for count, color in colors]
    extra += [panels.line("capacity of the channel", style.GREY, linestyle=":", linewidth=0.7)]
    panels.legend(figure, row, extra, panels.sample_note(table))
    panels.letters(row)
    return figure
