"""MNIST: overlap kept from training and unseen images, reached from random states, by load."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.generalization import draw as generalization
from plmemory.figures.shared import panels, style

NAME = "mnist_generalization"
COLUMNS = ("rule", "P", "alpha", "start", "overlap", "overlap_sem", "n", "nearest_train_overlap")


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel a rule: final overlap by kind of start against load, the published values as rings.

    ``table`` has one row per (rule, P, start), start in train, test, random.
    ``nearest_train_overlap`` (test starts; NaN elsewhere) is the mean overlap of a test image with
    its nearest training image. Optional ``source``: ours (default) or published; published rows
    carry the rule they belong to, alpha, start and overlap; the rest may be NaN.
    """
    panels.require(table, NAME, COLUMNS)
    figure, _ = generalization.draw(
        generalization.facets(table, {}),
        x="alpha",
        y="overlap",
        labels=(style.LOAD, style.FINAL_OVERLAP),
    )
    return figure
