"""Images of +1/-1 pixels side by side, as one picture."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

GAP = 2  # white pixels between images

Images = Mapping[tuple[Any, Any], np.ndarray]


def images(table: pd.DataFrame, line: str) -> dict[tuple[Any, Any], np.ndarray]:
    """Images by the value of the column ``line`` and the example, from one row per pixel.

    ``table`` has the columns row, column and value. Missing pixels are NaN.
    """
    high, wide = int(table["row"].max()) + 1, int(table["column"].max()) + 1
    found = {}
    for (name, example), pixels in table.groupby([line, "example"]):
        image = np.full((high, wide), np.nan)
        image[pixels["row"].astype(int), pixels["column"].astype(int)] = pixels["value"]
        found[name, example] = image
    return found


def show(ax: Axes, seen: Images, lines: Sequence[str], labels: Mapping[Any, str]) -> None:
    """Draw images into a panel: ``lines`` down, examples across, with ``labels`` below them."""
    examples = list(labels)
    high, wide = next(iter(seen.values())).shape
    picture = np.full((len(lines) * (high + GAP) - GAP, len(examples) * (wide + GAP) - GAP), 0.0)
    for (name, example), image in seen.items():
        top = lines.index(name) * (high + GAP)
        left = examples.index(example) * (wide + GAP)
        picture[top : top + high, left : left + wide] = image
    # Gaps are 0, drawn white; paper (-1) is light grey, so the frame of an image is visible.
    shades = np.select([picture > 0, picture < 0], [0.1, 0.88], default=1.0)
    ax.imshow(shades, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.set_yticks([(high + GAP) * place + high / 2 for place in range(len(lines))], lines)
    ax.set_xticks([(wide + GAP) * place + wide / 2 - 0.5 for place in range(len(examples))])
    ax.set_xticklabels(list(labels.values()))


def overlap(seen: Images, example: Any, one: str, other: str) -> str:
    """The overlap of two images of an example, as text; empty if one is missing."""
    pair = [seen.get((line, example)) for line in (one, other)]
    if pair[0] is None or pair[1] is None:
        return ""
    return f"{float(np.mean(pair[0] * pair[1])):.2f}"
