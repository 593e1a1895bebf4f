"""Attractors as images, those with the largest basins first."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import mosaic, panels, style

TOLD = ("rank", "share", "share_sem", "nearest_train")
COLUMNS = ("alpha", "start", *TOLD, "row", "column", "value")
ACROSS = 12  # images in a panel


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each load and kind of start, with its first attractors from left to right.

    ``table`` has one row per pixel: alpha, start (test or random), rank, share of the starts that
    end in the attractor and share_sem, nearest_train (overlap with the nearest training example),
    row and column of the pixel, value (spin, +1 ink). Further columns and ranks are not drawn. A
    row without a rank stands for starts of which none settled.
    """
    panels.require(table, "catalogue", COLUMNS)
    shown = table[~(table["rank"] > ACROSS)]
    parts = list(shown.groupby(["alpha", "start"], sort=False))
    image = (style.DOUBLE - 0.6) / ACROSS  # inches
    figure, axes = panels.grid(len(parts), 1, width=style.DOUBLE, height=image + 0.5)
    for ax, (_, rows) in zip(axes.flat, parts, strict=True):
        load, start = rows[["alpha", "start"]].iloc[0]
        if rows["rank"].isna().all():
            ax.text(0.5, 0.5, "none settled", ha="center", va="center", transform=ax.transAxes)
            ax.set_xticks([])
        else:
            _line(ax, rows)
        ax.set_title(rf"$\alpha$ = {style.number(load)}")
        ax.set_yticks([])
        ax.set_ylabel(f"{style.start(start).label} starts")
    figure.supxlabel(
        "share of the starts that end there (%), ± standard error; "
        "below it the overlap $m$ with the nearest training example",
        fontsize=style.RC["axes.labelsize"],
    )
    panels.letters(axes.flat)
    return figure


def _line(ax: Axes, rows: pd.DataFrame) -> None:
    """The attractors of a panel side by side."""
    first = rows.drop_duplicates("rank")
    labels = {
        rank: f"{_measured(100 * share, 100 * error)}\n{overlap:.2f}"
        for rank, share, error, overlap in zip(*(first[name] for name in TOLD), strict=True)
    }
    seen = mosaic.images(rows.rename(columns={"rank": "example"}), "start")
    mosaic.show(ax, seen, list(rows["start"].unique()), labels)


def _measured(value: float, error: float) -> str:
    """A number with its standard error, to the first digit of the error."""
    rounded = float(f"{error:.0e}")
    digits = max(0, -math.floor(math.log10(rounded))) if error > 0 else 0
    return f"{value:.{digits}f} ± {error:.{digits}f}"
