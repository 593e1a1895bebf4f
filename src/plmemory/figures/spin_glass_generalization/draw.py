"""Spin glass samples: overlap kept from training and unseen samples, by load, and at P = inf."""

import pandas as pd
from matplotlib.figure import Figure

from plmemory.figures.generalization import draw as generalization
from plmemory.figures.shared import panels, style

NAME = "spin_glass_generalization"
COLUMNS = ("L", "T", "rule", "P", "alpha", "start", "overlap", "overlap_sem", "n")


@style.styled
def draw(table: pd.DataFrame) -> Figure:
    """A panel for each lattice size, temperature and rule: final overlap against load.

    ``table`` has one row per (L, T, rule, P, start), start in train, test, random; P = alpha = inf
    are the true couplings, drawn on the right edge of the panel of their rule. Optional:
    ``nearest_train_overlap`` (test starts); ``source`` (ours, published: published rows carry the
    L, T and rule of the panel that they belong to); ``dynamics`` (synchronous, the default; others
    such as sequential have broken lines).
    """
    panels.require(table, NAME, COLUMNS)
    figure, _ = generalization.draw(
        generalization.facets(table, {"L": "$L$", "T": "$T$"}),
        x="alpha",
        y="overlap",
        labels=(style.LOAD, style.FINAL_OVERLAP),
    )
    return figure
