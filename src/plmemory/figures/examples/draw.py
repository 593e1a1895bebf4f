"""Images: original, corrupted, and after the dynamics."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import mosaic, panels, style

COLUMNS = ("set", "alpha", "example", "stage", "row", "column", "value")
STAGES = ("original", "corrupted", "retrieved")
SETS = {"train": "training images", "test": "test images"}


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A block of images for each load (rows) and set (columns), with examples across, stages down.

    ``table`` has one row per pixel: set (train or test), alpha, example (a number within the set),
    stage (original, corrupted, retrieved), row and column of the pixel, value (spin, +1 ink).
    Further columns, such as the label, are not drawn. The number below each retrieved image is its
    overlap with the original.
    """
    panels.require(table, "examples", COLUMNS)
    loads = panels.values(table, "alpha")
    sets = [name for name in SETS if name in set(table["set"])]
    examples = int(table.groupby(["set", "alpha"])["example"].nunique().max())
    image = min((style.DOUBLE / len(sets) - 0.6) / examples, 0.6)  # inches
    height = image * len(STAGES) + 0.45
    figure, axes = panels.grid(len(loads), len(sets), width=style.DOUBLE, height=height)
    for line, load in zip(axes, loads, strict=True):
        for ax, name in zip(line, sets, strict=True):
            rows = table[(table["set"] == name) & (table["alpha"] == load)]
            ax.set_title(rf"{SETS[name]}, $\alpha$ = {style.number(load)}")
            if rows.empty:
                ax.set_axis_off()
            else:
                _block(ax, rows)
    panels.letters(axes.flat)
    return figure


def _block(ax: Axes, table: pd.DataFrame) -> None:
    """The images of one set at one load as one picture, stages down, examples across."""
    seen = mosaic.images(table, "stage")
    labels = {
        example: mosaic.overlap(seen, example, "original", "retrieved")
        for example in sorted(table["example"].unique())
    }
    mosaic.show(ax, seen, STAGES, labels)
    ax.set_xlabel(r"overlap $m$ of the retrieved image with the original")
