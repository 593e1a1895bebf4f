"""What the figures of the made-up tables show and say, in words, a line for a panel or legend.

``tests/data/shown.txt`` holds it as it was looked at. After a change of a figure that is meant:

    PYTHONPATH=src:tests python -m unit.shown     # writes it anew; read the difference
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

FILE = Path(__file__).parents[1] / "data/shown.txt"
KINDS = ((PolyCollection, "band"), (LineCollection, "bars"))


def look(line: Line2D) -> str:
    """Its dashes and its symbol, in brackets if that is hollow: '--(o)'."""
    dashes = "" if line.get_linestyle() == "None" else str(line.get_linestyle())
    marker = "" if line.get_marker() in ("None", "", None) else str(line.get_marker())
    hollow = marker and line.get_markerfacecolor() in ("white", "none")
    return f"{dashes}({marker})" if hollow else f"{dashes}{marker}"


def drawn(ax: Axes) -> str:
    """How many lines there are of each look, and of bands, bars, pictures and other shapes."""
    found = Counter(look(line) for line in ax.get_lines())
    for each in ax.collections:
        names = [name for kind, name in KINDS if isinstance(each, kind)]
        found[names[0] if names else type(each).__name__] += 1
    found["picture"] += len(ax.images)
    found["patch"] += len(ax.patches)
    return ", ".join(f"{count} {name}" for name, count in sorted(found.items()) if count)


def lines(figure: Figure) -> Iterator[str]:
    """What a figure shows and says."""
    for place in ("suptitle", "supxlabel", "supylabel"):
        if words := getattr(figure, f"get_{place}")():
            yield f"{place}: {words}"
    for ax in figure.axes:
        if not ax.axison:
            yield "off"
            continue
        words = (ax.get_title(loc="left"), ax.get_title(), ax.get_xlabel(), ax.get_ylabel())
        yield " | ".join((*words, drawn(ax)))
        if ax.texts:
            counts = Counter(text.get_text() for text in ax.texts).items()
            yield "texts: " + " | ".join(f"{count} {text}" for text, count in counts)
    for legend in figure.legends:
        handles = zip(legend.legend_handles, legend.get_texts(), strict=True)
        yield "legend: " + " | ".join(
            f"{look(handle) if isinstance(handle, Line2D) else 'patch'} {text.get_text()}"
            for handle, text in handles
        )
        yield f"note: {legend.get_title().get_text()}"


def blocks(text: str) -> dict[str, list[str]]:
    """By case, what the file says of it."""
    found = (block.splitlines() for block in text.strip().split("\n\n"))
    return {name.rstrip(":"): rest for name, *rest in found}


def shown(figure: Figure) -> list[str]:
    return [line.replace("\n", " / ").rstrip() for line in lines(figure)]


if __name__ == "__main__":
    from unit.made_up_tables import TABLES
    from unit.test_drawn import drawn as drawn_of

    texts = ("\n".join([f"{case}:", *shown(drawn_of(case)[0])]) for case in TABLES)
    FILE.write_text("\n\n".join(texts) + "\n")
