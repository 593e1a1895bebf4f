"""Corrupted unseen examples: final overlaps, and ends at training examples."""

from collections.abc import Iterator

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = (
    "rule",
    "alpha",
    "asked_overlap",
    "initial_overlap",
    "final_overlap",
    "at_train_share",
    "nearest_train_overlap",
    "consensus_overlap",
    "at_train_share_of_examples",
)
FROM = 0.5  # initial overlap; basin_maps shows all
COLOURS, LIGHTEST = "viridis_r", 0.15  # darker for larger initial overlaps
MARKERS = "ov^Dsp"
NEAREST = style.Look("unseen example to nearest training example", style.GREY, "", ":")
CONSENSUS = style.Look("unseen example to consensus", style.GREY, "", "-.")


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Two panels per rule: final overlap, and share of ends at a training example, against load.

    ``table`` has one row per (rule, alpha, asked_overlap), of unseen examples; shown are initial
    overlaps of at least 0.5.
    """
    panels.require(table, "completion", COLUMNS)
    shown = list(panels.rules(table))
    figure, axes = panels.grid(len(shown), 2, width=style.DOUBLE, height=2.6, sharex=True)
    for (overlaps, shares), (name, rows) in zip(axes, shown, strict=True):
        for look, mine in _starts(rows):
            panels.curve(overlaps, mine, "alpha", "final_overlap", look)
            panels.curve(shares, mine, "alpha", "at_train_share", look)
            kept = mine["initial_overlap"].mean()
            overlaps.plot(
                [0, 0.04], [kept] * 2, color=look.color, transform=overlaps.get_yaxis_transform()
            )
        once = rows.drop_duplicates("alpha")
        for ax, column, look in (
            (overlaps, "nearest_train_overlap", NEAREST),
            (overlaps, "consensus_overlap", CONSENSUS),
            (shares, "at_train_share_of_examples", NEAREST),
        ):
            panels.theory(ax, once, "alpha", column, look, linestyle=look.line)
        overlaps.set(ylabel=style.FINAL_OVERLAP, ylim=(0, 1.03))
        shares.set(ylabel="share of ends at a training example", ylim=(-0.02, 1.03))
        overlaps.set_title(style.rule(name).label)
    for ax in axes.flat:
        panels.log_axis(ax.xaxis, table["alpha"])
        ax.set_xlabel(style.LOAD)
    extra = [
        panels.line(look.label, look.color, linestyle=look.line) for look in (NEAREST, CONSENSUS)
    ]
    panels.legend(figure, axes.flat, extra, panels.sample_note(table))
    panels.letters(axes.flat)
    return figure


def _starts(rows: pd.DataFrame) -> Iterator[tuple[style.Look, pd.DataFrame]]:
    """The rows of each initial overlap, with its look."""
    overlaps = [overlap for overlap in panels.values(rows, "asked_overlap") if overlap >= FROM]
    colours = mpl.colormaps[COLOURS]
    for place, overlap in enumerate(overlaps):
        shade = LIGHTEST + (1 - LIGHTEST) * place / max(1, len(overlaps) - 1)
        colour = mpl.colors.to_hex(colours(shade))
        look = style.Look(f"$m_0$ = {style.number(overlap)}", colour, MARKERS[place % len(MARKERS)])
        yield look, rows[rows["asked_overlap"] == overlap]
