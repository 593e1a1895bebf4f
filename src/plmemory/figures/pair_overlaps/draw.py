"""Overlaps of the examples, of all pairs and by label, beside published values."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style

COLUMNS = ("quantity", "source", "label_a", "label_b", "bin_left", "bin_right", "value")
OURS, PUBLISHED = style.start("train").color, style.start("test").color


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """Histogram of pair overlaps, overlaps within a label, matrix of those between labels.

    ``table`` is long; ``source`` is ours or published, ``value`` the number, other columns are NaN
    where they do not apply. By ``quantity``:

    - pair_overlap_density: bin_left, bin_right; density over pairs of training examples
    - within_class_overlap_density (optional): the same over pairs of one label
    - mean_pair_overlap: ours and published
    - class_overlap: label_a, label_b; mean overlap of examples of two labels, ours for all pairs
    (in one order or both), published for label_a = label_b
    """
    panels.require(table, "pair_overlaps", COLUMNS)
    figure = Figure(figsize=(style.DOUBLE, 2.9), layout="constrained")
    histogram, within, matrix = figure.subplots(1, 3, width_ratios=(1.0, 0.9, 1.1))
    _histogram(histogram, table)
    classes = table[table["quantity"] == "class_overlap"]
    _within(within, classes)
    _matrix(matrix, figure, classes[classes["source"] == "ours"])
    panels.letters((histogram, within, matrix))
    return figure


def _histogram(ax: Axes, table: pd.DataFrame) -> None:
    shades = {"pair_overlap_density": "all pairs", "within_class_overlap_density": "same label"}
    for (quantity, label), color in zip(shades.items(), (OURS, style.GREY), strict=True):
        bins = table[table["quantity"] == quantity].sort_values("bin_left")
        if len(bins):
            edges = [*bins["bin_left"], bins["bin_right"].iloc[-1]]
            ax.stairs(bins["value"], edges, color=color, label=label, linewidth=1.1)
    means = table[table["quantity"] == "mean_pair_overlap"]
    for source, color, dashes in (("ours", OURS, "-"), ("published", PUBLISHED, (0, (3, 3)))):
        for value in means.loc[means["source"] == source, "value"]:
            label = f"mean, {source}: {value:.7f}"
            ax.axvline(value, color=color, linestyle=dashes, linewidth=0.9, label=label)
    ax.set(xlabel=r"overlap of a pair of examples $q$", ylabel=r"density $p(q)$")
    ax.set_ylim(bottom=0)
    _legend_above(ax)


def _within(ax: Axes, classes: pd.DataFrame) -> None:
    same = classes[classes["label_a"] == classes["label_b"]].sort_values("label_a")
    ours, published = (same[same["source"] == kind] for kind in ("ours", "published"))
    ax.bar(ours["label_a"], ours["value"], color=OURS, alpha=0.45, label="ours")
    ax.plot(
        published["label_a"],
        published["value"],
        linestyle="",
        marker="o",
        markersize=4.5,
        markerfacecolor="none",
        markeredgecolor=PUBLISHED,
        label="published",
    )
    ax.set(xlabel="label", ylabel="mean overlap within a label", xticks=_labels(classes))
    _legend_above(ax)


def _legend_above(ax: Axes) -> None:
    handles, labels = ax.get_legend_handles_labels()
    if handles:
        ax.legend(handles, labels, loc="lower right", bbox_to_anchor=(1.0, 1.01), borderpad=0)


def _matrix(ax: Axes, figure: Figure, ours: pd.DataFrame) -> None:
    labels = _labels(ours) or [0]
    overlaps = np.full((len(labels), len(labels)), np.nan)
    for first, second, value in ours[["label_a", "label_b", "value"]].to_numpy():
        overlaps[labels.index(int(first)), labels.index(int(second))] = value
    overlaps = np.where(np.isnan(overlaps), overlaps.T, overlaps)
    known = overlaps[np.isfinite(overlaps)]
    limit = float(abs(known).max()) if known.size else 1.0
    drawn = ax.imshow(overlaps, cmap="PuOr_r", vmin=-limit, vmax=limit)
    for (first, second), value in np.ndenumerate(overlaps):
        if np.isfinite(value):
            ink = "white" if abs(value) > 0.6 * limit else "black"
            text = f"{round(value, 2) + 0.0:.2f}".replace("0.", ".").replace("-", "\N{MINUS SIGN}")
            ax.text(second, first, text, ha="center", va="center", fontsize=4.6, color=ink)
    ax.set(xlabel="label", ylabel="label")
    names = [str(label) for label in labels]
    ax.set_xticks(range(len(labels)), names)
    ax.set_yticks(range(len(labels)), names)
    ax.tick_params(length=0)
    bar = figure.colorbar(drawn, ax=ax, shrink=0.8, pad=0.03)
    bar.set_label("mean overlap of two labels, ours")


def _labels(classes: pd.DataFrame) -> list[int]:
    return sorted(
        {*classes["label_a"].dropna().astype(int), *classes["label_b"].dropna().astype(int)}
    )
