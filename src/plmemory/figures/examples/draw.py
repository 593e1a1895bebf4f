"""Images as the network sees them: original, corrupted and what the dynamics makes of it."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = ("set", "alpha", "example", "stage", "row", "column", "value")
STAGES = ("original", "corrupted", "retrieved")
SETS = {"train": "training images", "test": "test images"}
GAP = 2  # white pixels between images


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A block of images a load (rows) and set (columns): a column an example, a line a stage.

    ``table`` has one row a pixel: set (train or test), alpha, example (a number within the set),
    stage (original, corrupted, retrieved), row and column of the pixel, value (spin, +1 ink).
    Further columns, such as the label, are not drawn. Below each retrieved image stands its
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
    examples = sorted(table["example"].unique())
    high, wide = int(table["row"].max()) + 1, int(table["column"].max()) + 1
    picture = np.full((len(STAGES) * (high + GAP) - GAP, len(examples) * (wide + GAP) - GAP), 0.0)
    seen = {}
    for (stage, example), pixels in table.groupby(["stage", "example"]):
        image = np.full((high, wide), np.nan)
        image[pixels["row"].astype(int), pixels["column"].astype(int)] = pixels["value"]
        top = STAGES.index(str(stage)) * (high + GAP)
        left = examples.index(example) * (wide + GAP)
        picture[top : top + high, left : left + wide] = image
        seen[stage, example] = image
    # Gaps hold 0, drawn white; paper (-1) is a light grey so that the frame of an image shows.
    shades = np.select([picture > 0, picture < 0], [0.1, 0.88], default=1.0)
    ax.imshow(shades, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.set_yticks([(high + GAP) * place + high / 2 for place in range(len(STAGES))], STAGES)
    overlaps = [_overlap(seen, example) for example in examples]
    ax.set_xticks([(wide + GAP) * place + wide / 2 - 0.5 for place in range(len(examples))])
    ax.set_xticklabels(overlaps)
    ax.set_xlabel(r"overlap $m$ of the retrieved image with the original")


def _overlap(seen: dict, example: object) -> str:
    pair = [seen.get((stage, example)) for stage in ("original", "retrieved")]
    if pair[0] is None or pair[1] is None:
        return ""
    return f"{float(np.mean(pair[0] * pair[1])):.2f}"
