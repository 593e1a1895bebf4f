"""Random features: storage, learning of the features, generalisation, for several alpha_D."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.generalization import draw as generalization
from plmemory.figures.shared import panels, style

NAME = "features_generalization"
COLUMNS = (
    "rule",
    "alpha_D",
    "P",
    "alpha",
    "start",
    "overlap",
    "overlap_sem",
    "n",
    "nearest_train_overlap",
)


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each alpha_D and rule: final overlap against load.

    ``table`` has one row per (rule, alpha_D, P, start), start in train, test, feature, random.
    """
    panels.require(table, NAME, COLUMNS)
    figure, _ = generalization.draw(
        generalization.facets(table, {"alpha_D": r"$\alpha_D$"}),
        x="alpha",
        y="overlap",
        labels=(style.LOAD, style.FINAL_OVERLAP),
    )
    return figure
