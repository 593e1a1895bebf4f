"""Where the marks of the figures of the made-up tables are, in numbers, a row for a panel.

``tests/data/marks.tsv`` holds them as they were when the figures were looked at: a record that
shows a change, no independent number. After a change of a figure that is meant:

    PYTHONPATH=src:tests python -m unit.marks     # writes it anew; read the difference
"""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D

FILE = Path(__file__).parents[1] / "data/marks.tsv"
HUE = np.array([0.2, 0.3, 0.5, 0.7])  # what red, green, blue and opacity count
Mark = tuple[Any, Any, Any]  # points, what makes places of them, and how they look


def look(color: Any, *sizes: Any) -> np.ndarray:
    """A number for each colour, and for widths and sizes in points."""
    return to_rgba_array(color) @ HUE + 0.1 * sum(np.mean(size) for size in sizes if np.size(size))


def look_of(line: Line2D) -> np.ndarray:
    size = line.get_markersize() if line.get_marker() not in ("None", "", None) else 0
    colors = look(line.get_color()), look(line.get_markerfacecolor())
    return colors[0] + 0.3 * colors[1].sum() + 0.1 * (line.get_linewidth() + size)


def marks(ax: Axes) -> Iterator[Mark]:
    """Lines with their symbols, bars, bands, patches, words, and pictures as their pixels."""
    for line in ax.get_lines():
        yield line.get_xydata(), line.get_transform(), look_of(line)
    for each in ax.collections:
        sizes = (each.get_linewidth(), each.get_sizes()) if hasattr(each, "get_sizes") else ()
        each.update_scalarmappable()
        looks = look([*each.get_facecolor(), *each.get_edgecolor()], *sizes)
        if np.any(each.get_offsets()):
            yield each.get_offsets(), each.get_offset_transform(), looks
            continue
        for k, path in enumerate(each.get_paths()):
            yield path.vertices, each.get_transform(), looks[k % len(looks) :][:1]
    for patch in ax.patches:
        yield patch.get_path().vertices, patch.get_transform(), look(patch.get_facecolor())
    for text in ax.texts:
        yield [text.get_position()], text.get_transform(), look(text.get_color())
    for image in ax.images:
        colors = image.to_rgba(image.get_array(), norm=True).reshape(-1, 4)
        places = np.argwhere(np.ones(image.get_array().shape[:2]))
        yield places, ax.transData, look(colors)


def panel(ax: Axes) -> dict[str, float]:
    """Its limits; how many points there are, where in it, and how they look."""
    ends = (*ax.set_xlim(ax.get_xlim()), *ax.set_ylim(ax.get_ylim()))
    where, looks = [np.zeros((0, 2))], [np.zeros(0)]
    for points, transform, its in marks(ax):
        if len(points := np.asarray(points, dtype=float)):
            where.append((transform - ax.transAxes).transform(points))
            looks.append(its if len(its) == len(points) else np.full(len(points), its.mean()))
    places = np.clip(np.concatenate(where), -1, 2)
    shown = np.isfinite(places).all(axis=1)
    (x, y), its = places[shown].T, np.concatenate(looks)[shown]
    moments = {"x": x, "y": y, "xy": x * y, "yy": y * y, "look": its, "look_x": its * x}
    moments["look_y"] = its * y
    part = ax.get_subplotspec()
    known = {"panel": part.num1 if part else "own", "points": len(x)}
    known |= dict(zip(("left", "right", "low", "high"), ends, strict=True))
    return known | {name: part.mean() if len(x) else 0 for name, part in moments.items()}


def entries(legend: Legend) -> dict[str, Any]:
    """How many entries it has in how many columns, and how they look in their order."""
    lines = [line for line in legend.legend_handles if isinstance(line, Line2D)]
    looks = [look_of(line).mean() * place for place, line in enumerate(lines, 1)]
    known = {"panel": "legend", "points": len(legend.legend_handles), "x": legend._ncols}
    return known | {"look": sum(looks)}


def found(figure: Figure) -> pd.DataFrame:
    """A row for each panel that is not switched off, and for each legend."""
    rows = [panel(ax) for ax in figure.axes if ax.axison] + list(map(entries, figure.legends))
    width, height = figure.get_size_inches()
    return pd.DataFrame(rows).assign(width=width, height=height).astype({"panel": str})


@functools.cache
def kept() -> pd.DataFrame:
    return pd.read_csv(FILE, sep="\t", index_col="case", dtype={"panel": str})


if __name__ == "__main__":
    from unit.made_up_tables import TABLES
    from unit.test_drawn import drawn

    every = pd.concat([found(drawn(case)[0]).assign(case=case) for case in TABLES])
    every.set_index("case").to_csv(FILE, sep="\t", float_format="%.5g", lineterminator="\n")
