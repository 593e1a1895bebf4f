"""Final states from noise as images, with the nearest training and the nearest held-out image."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import mosaic, panels, style

COLUMNS = ("memory", "K", "image", "example", "row", "column", "value")
IMAGES = ("sample", "train", "heldout")


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A block of images for each number of examples (rows) and memory (columns).

    ``table`` has one row per pixel: memory, K, image (sample, train, heldout), example, row,
    column, value (+1 ink). The number below each column of a block is the overlap of the state with
    its nearest training image.
    """
    panels.require(table, "diffusion_examples", COLUMNS)
    counts, memories = panels.values(table, "K"), style.ordered(table["memory"])
    examples = int(table.groupby(["memory", "K"])["example"].nunique().max())
    size = min((style.DOUBLE / len(memories) - 0.5) / examples, 0.5)  # inches of an image
    height = size * len(IMAGES) + 0.4
    figure, axes = panels.grid(len(counts), len(memories), width=style.DOUBLE, height=height)
    for line, count in zip(axes, counts, strict=True):
        for ax, memory in zip(line, memories, strict=True):
            rows = table[(table["memory"] == memory) & (table["K"] == count)]
            ax.set_title(f"{style.rule(memory).label}, $K$ = {style.number(count)}")
            if rows.empty:
                ax.set_axis_off()
                continue
            seen = mosaic.images(rows, "image")
            labels = {
                example: mosaic.overlap(seen, example, "sample", "train")
                for example in sorted(rows["example"].unique())
            }
            mosaic.show(ax, seen, IMAGES, labels)
            ax.set_xlabel("overlap with the nearest training image")
    panels.letters(axes.flat)
    return figure
