"""Where the marks of the figures of the made-up tables are, in numbers, a row for a panel.

``tests/data/marks.tsv`` holds them as they were when the figures were looked at: a record that
shows a change, no independent number. After a change of a figure that is meant:

    PYTHONPATH=src:tests python -m unit.marks     # writes it anew; read the difference
"""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator
from unit import shown

FILE = Path(__file__).parents[1] / "data/marks.tsv"
HUE = np.array([0.2, 0.3, 0.5, 0.7])  # what red, green, blue and opacity count
Mark = tuple[Any, Any, Any]  # points, what makes places of them, and how they look


def look(color: Any, *sizes: Any) -> np.ndarray:
    """A number for each colour, and for widths and sizes in points."""
    return to_rgba_array(color) @ HUE + 0.1 * sum(np.mean(size) for size in sizes if np.size(size))


def look_of(line: Line2D) -> np.ndarray:
    size = line.get_markersize() if line.get_marker() not in ("None", "", None) else 0
    colors = look(line.get_color()), look(line.get_markerfacecolor())
    style = crc32(shown.look(line).encode()) % 97 / 100
    return colors[0] + 0.3 * colors[1].sum() + 0.1 * (line.get_linewidth() + size) + style


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


def words(ax: Axes) -> float:
    """A checksum of what a panel says, by frame, aspect and ticks that are no regular ones too."""
    said = [ax.get_title(loc="left"), ax.get_title(), ax.get_xlabel(), ax.get_ylabel()]
    said += [f"{text.get_text()} {text.get_ha()} {text.get_va()}" for text in ax.texts]
    said += [side for side, spine in ax.spines.items() if spine.get_visible()]
    said += [f"{ax.get_aspect()} {ax.get_box_aspect()}"]
    for axis in (ax.xaxis, ax.yaxis):
        said.append(f"{axis.get_tick_params().get('length')}")
        if isinstance(locator := axis.get_major_locator(), FixedLocator):
            said += [f"{place:.6g}" for place in locator.locs]
            said += axis.get_major_formatter().format_ticks(locator.locs)
    return crc32("|".join(said).encode()) % 10**5


def panel(ax: Axes) -> dict[str, Any]:
    """Its limits; how many points there are, where in it, and how they look; what it says."""
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
    known = {"panel": part.num1 if part else "own", "words": words(ax), "points": len(x)}
    known |= dict(zip(("left", "right", "low", "high"), ends, strict=True))
    return known | {name: part.mean() if len(x) else 0 for name, part in moments.items()}


def second(ax: Axes) -> dict[str, Any]:
    """The limits of a second axis of a panel."""
    ax.apply_aspect()  # which sets them
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    return {"panel": "second", "left": left, "right": right, "low": low, "high": high}


def entries(legend: Legend) -> dict[str, Any]:
    """How many entries it has in how many columns, and how they look in their order."""
    said = [text.get_text() for text in (legend.get_title(), *legend.get_texts())]
    lines = [line for line in legend.legend_handles if isinstance(line, Line2D)]
    looks = [look_of(line).mean() * place for place, line in enumerate(lines, 1)]
    known = {"panel": "legend", "words": crc32("|".join(said).encode()) % 10**5}
    return known | {"points": len(said) - 1, "x": legend._ncols, "look": sum(looks)}


def found(figure: Figure) -> pd.DataFrame:
    """A row for each panel that is not switched off, and for each legend."""
    rows = [panel(ax) for ax in figure.axes if ax.axison or ax.has_data() or ax.texts]
    rows += [second(its) for ax in figure.axes for its in ax.child_axes]
    rows += map(entries, [*figure.legends, *filter(None, (ax.get_legend() for ax in figure.axes))])
    width, height = figure.get_size_inches()
    return pd.DataFrame(rows).assign(width=width, height=height).astype({"panel": str})


def summed(figure: Figure) -> pd.DataFrame:
    """One row: all numbers of ``found``, those of each panel times its place."""
    rows = found(figure)
    numbers = rows.drop(columns="panel").fillna(0).mul(np.arange(1, len(rows) + 1), axis=0)
    return pd.DataFrame([{"panel": "all", **numbers.sum()}])


@functools.cache
def _kept() -> pd.DataFrame:
    return pd.read_csv(FILE, sep="\t", index_col=["case", "part"], dtype={"panel": str})


def kept(case: str, part: str) -> pd.DataFrame:
    """What the file holds of a figure."""
    return _kept().loc[[(case, part)]].reset_index(drop=True)


if __name__ == "__main__":
    from unit.test_drawn import PARTS, drawn, drawn_part

    every = []
    for case, part in PARTS:
        rows = found(drawn(case)[0]) if part == "whole" else summed(drawn_part(case, part))
        every.append(rows.assign(case=case, part=part))
    table = pd.concat(every).set_index(["case", "part"])
    table.to_csv(FILE, sep="\t", float_format="%.6g", lineterminator="\n")
