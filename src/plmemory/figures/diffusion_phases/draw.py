"""Final states of memories against the number of examples, with a panel for each kind."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.shared import panels, style
from plmemory.figures.shared.kinds import EXAMPLES, KINDS, QUALITY, REAL, REAL_KINDS

COLUMNS = (
    *("memory", "start", "dynamics", "criterion", "K", "sigma", *KINDS, "samples"),
    *("nearest_heldout", "nearest_heldout_real", *REAL_KINDS),
)
DYNAMICS = {"sampling": "samples", "attractor": "attractors", "relaxation": "from"}
CRITERIA = ("distance", "weight")


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A row of panels for each memory, dynamics and criterion; a panel for each noise or start.

    ``table`` is described in ``figures.shared.kinds``. Every panel shows the three fractions, the
    overlap with the nearest held-out image, and all these of real images.
    """
    panels.require(table, "diffusion_phases", COLUMNS)
    table = panels.optional(table, sigma=0.0)
    groups = [
        table[
            (table["memory"] == memory)
            & (table["dynamics"] == dynamics)
            & (table["criterion"] == c)
        ]
        for memory in style.ordered(table["memory"])
        for dynamics in DYNAMICS
        for c in CRITERIA
    ]
    groups = [rows for rows in groups if len(rows)]
    across = max(len(_panels(rows)) for rows in groups)
    figure, axes = panels.grid(
        len(groups), across, width=style.DOUBLE, height=1.15, sharex=True, sharey=True
    )
    drawn = []
    for line, rows in zip(axes, groups, strict=True):
        shown = _panels(rows)
        for ax, (words, here) in zip(line, shown, strict=False):
            _panel(ax, here)
            ax.set_title(words)
            ax.tick_params(labelbottom=True)
            drawn.append(ax)
        for ax in line[len(shown) :]:
            ax.set_axis_off()
        line[0].set_ylabel(_name(rows))
    panels.log_axis(axes[0, 0].xaxis, table["K"])
    axes[0, 0].set_ylim(-0.04, 1.04)
    figure.supxlabel(EXAMPLES, fontsize=7.5)
    real = panels.line("fractions of real images", style.GREY, linestyle=":")
    panels.legend(figure, drawn[:1], [real], title=panels.final_states_note(table))
    panels.letters(drawn)
    return figure


def _panels(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Title and rows of each panel of one line, by noise, then by start."""
    found = []
    for sigma in panels.values(rows, "sigma"):
        for start, here in panels.starts(rows[rows["sigma"] == sigma]):
            words = rf"$\sigma$ = {style.number(sigma)}" if sigma else start.replace("_", " ")
            found.append((words, here))
    return found


def _name(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    words = f"{style.rule(first['memory']).label}\n{DYNAMICS[first['dynamics']]}"
    words = f"{words}, by weight" if first["criterion"] == "weight" else words
    return words.replace(", ", ",\n")  # no longer than a panel is high


def _panel(ax: Axes, rows: pd.DataFrame) -> None:
    for (name, look), real in zip(KINDS.items(), REAL_KINDS, strict=True):
        panels.curve(ax, rows, "K", name, look)
        own = look._replace(label="_", marker="", line=":")
        panels.curve(ax, rows, "K", real, own, linewidth=0.7)
    panels.curve(ax, rows, "K", "nearest_heldout", QUALITY, linewidth=0.9)
    panels.curve(ax, rows, "K", "nearest_heldout_real", REAL, linewidth=0.7)
