"""Couplings at growing norm: stabilities, and the receptive field of the central pixel."""

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_hex
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.style import Look

COLUMNS = ("run", "epoch", "norm", "quantity", "stability", "row", "column", "value")
COLOURS = "RdBu_r"


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A row for each run: the distributions of the stabilities, then the fields, by epoch.

    ``table`` has one row per (run, epoch, bin) with the density of the stabilities as value, and
    one per (run, epoch, pixel) with the coupling over the norm of its row; norm is that of J.
    """
    panels.require(table, "receptive_fields", COLUMNS)
    runs, epochs = style.ordered(table["run"]), panels.values(table, "epoch")
    figure = Figure(figsize=(style.DOUBLE, 1.5 * len(runs) + 0.35), layout="constrained")
    widths = (1.6, *[1.0] * len(epochs))
    axes = figure.subplots(len(runs), 1 + len(epochs), squeeze=False, width_ratios=widths)
    fields = table[table["quantity"] == "coupling"]
    largest = fields["value"].abs().max() if panels.has(fields, "value") else 1.0
    shades = Normalize(-largest, largest)
    for line, run in zip(axes, runs, strict=True):
        mine = table[table["run"] == run]
        _densities(line[0], mine[mine["quantity"] == "density"], epochs)
        line[0].set_title(style.rule(run).label)
        for ax, epoch in zip(line[1:], epochs, strict=True):
            ax.set_axis_off()
            pixels = fields[(fields["run"] == run) & (fields["epoch"] == epoch)]
            if len(pixels):
                _field(ax, pixels, shades)
    bar = figure.colorbar(
        ScalarMappable(shades, COLOURS), ax=axes[:, 1:], label=r"$J_{ij}/\Vert J_i\Vert$"
    )
    bar.outline.set_visible(False)
    panels.legend(figure, axes.flat)
    panels.letters(axes.flat)
    return figure


def _look(epoch: float, epochs: list[float]) -> Look:
    """Darker with every epoch."""
    shade = colormaps["viridis_r"](0.2 + 0.8 * epochs.index(epoch) / max(len(epochs) - 1, 1))
    return Look(f"epoch {style.number(epoch)}", to_hex(shade), "")


def _densities(ax: Axes, table: pd.DataFrame, epochs: list[float]) -> None:
    for epoch in epochs:
        rows = table[table["epoch"] == epoch]
        panels.curve(ax, rows, "stability", "value", _look(epoch, epochs))
    ax.axvline(0, color=style.GREY, linewidth=0.6, linestyle=":", zorder=0)
    ax.set(xlabel=r"stability $\Delta_i^\mu$", ylabel=r"density $p(\Delta)$")
    ax.set_ylim(bottom=0)


def _field(ax: Axes, table: pd.DataFrame, shades: Normalize) -> None:
    """The field as an image, with a cross at the central pixel."""
    rows, columns = table["row"].astype(int), table["column"].astype(int)
    image = np.full((rows.max() + 1, columns.max() + 1), np.nan)
    image[rows, columns] = table["value"]
    ax.imshow(image, cmap=COLOURS, norm=shades)
    ax.plot(image.shape[1] // 2, image.shape[0] // 2, marker="+", color="#404040", markersize=4)
    epoch, norm = style.number(table["epoch"].iloc[0]), table["norm"].iloc[0]
    ax.set_title(f"epoch {epoch}\n" + rf"$\Vert J\Vert$ = {norm:.3g}")
