"""Protein families: identity kept from training and unseen sequences, by number of sequences."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plmemory.figures.generalization import draw as generalization
from plmemory.figures.shared import panels, style

NAME = "protein_generalization"
COLUMNS = (
    "family",
    "rule",
    "P",
    "start",
    "identity",
    "rescaled",
    "identity_sem",
    "n",
    "nearest_train_identity",
)


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each family and rule: final identity against the number of training sequences.

    ``table`` has one row per (family, rule, P, start), start in train, test, random; rescaled is
    the identity mapped to 0 at chance, 1 when equal, and gives the second axis on the right.
    ``nearest_train_identity`` (test starts): of a test with its nearest training sequence.
    """
    panels.require(table, NAME, COLUMNS)
    figure, shown = generalization.draw(
        generalization.facets(table, {"family": ""}),
        x="P",
        y="identity",
        labels=(style.PATTERNS, "final identity"),
        nearest="nearest_train_identity",
    )
    _rescaled_axis(shown[-1], table)
    return figure


def _rescaled_axis(ax: Axes, table: pd.DataFrame) -> None:
    """Second axis by the linear map between the two columns, when they determine one."""
    known = table[["identity", "rescaled"]].astype(float).dropna()
    if known["identity"].max() - known["identity"].min() > 0.01:
        slope, offset = np.polyfit(known["identity"], known["rescaled"], 1)
        ax.spines["right"].set_visible(True)
        axis = ax.secondary_yaxis(
            "right", (lambda y: slope * y + offset, lambda z: (z - offset) / slope)
        )
        axis.set_ylabel("rescaled: 0 at chance, 1 equal")
