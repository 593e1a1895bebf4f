"""MNIST: overlap kept from training and unseen images, reached from random states, by load."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures import panels, style

NAME = "mnist_generalization"
COLUMNS = ("rule", "P", "alpha", "start", "overlap", "overlap_sem", "n", "nearest_train_overlap")


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel a rule: final overlap by kind of start against load, the published values as rings.

    ``table`` has one row per (rule, P, start), start in train, test, random; of a random start the
    overlap is with the nearest (or, as published, the mean) reference that the table chose.
    ``nearest_train_overlap`` (test starts; NaN elsewhere) is the mean overlap of a test image with
    its nearest training image. Optional ``source``: ours (default) or published; published rows
    carry rule (the rule they belong to), alpha, start, overlap.
    """
    panels.require(table, NAME, COLUMNS)
    table = panels.optional(table, source="ours")
    ours, published = (table[table["source"] == kind] for kind in ("ours", "published"))
    names = style.ordered(ours["rule"] if len(ours) else table["rule"])
    across = min(len(names), 3)
    down = -(-len(names) // across)
    width = style.COLUMN if across == 1 else style.DOUBLE
    figure, axes = panels.grid(
        down, across, width=width, height=2.4 if across < 3 else 2.1, sharex=True, sharey=True
    )
    for ax in axes.flat[len(names) :]:
        ax.set_axis_off()
    shown = list(axes.flat[: len(names)])
    for ax, name in zip(shown, names, strict=True):
        panels.generalization(ax, ours[ours["rule"] == name], "alpha", "overlap")
        for kind, rows in panels.starts(published[published["rule"] == name]):
            panels.rings(ax, rows, "alpha", "overlap", style.start(kind))
        panels.log_axis(ax.xaxis, table["alpha"])
        ax.set_ylim(min(0.0, table["overlap"].min()), 1.03)
        ax.set_xlabel(style.LOAD)
        ax.set_title(style.rule(name).label)
    for ax in axes[:, 0]:
        ax.set_ylabel(style.FINAL_OVERLAP)
    panels.legend(figure, shown, panels.generalization_keys(table), panels.sample_note(ours))
    panels.letters(shown)
    return figure
