from plmemory.plan.about import Figure
from plmemory.plan.charts import Gallery

ABOUT = Figure(
    caption=(
        "The attractors with the largest basins, by load: those in which most unseen examples "
        "end, and those in which most random states end. Below each stand its share of these "
        "starts in per cent, with the standard error, and its overlap with the nearest training "
        "example. For random states the share is the size of the basin, as a part of all states. "
        "States were chosen for their counts, so a share of few starts is likely too large. All "
        "are of the first draw; a cycle is shown by one phase. The nearest example may be a "
        "negative: a network without fields keeps the negative of every state that it keeps."
    ),
    see=(
        "At small load the largest basins are those of training examples and of their negatives, "
        "overlap 1. At large load hardly two starts end in the same attractor, except in simple "
        "ones: unseen examples in strokes that many of them share, random states in images "
        "without detail, which were never learnt."
    ),
    inputs=("data", "attractors"),
    row="pixel",
    columns={
        "P": "training patterns",
        "start": "test, random: whose ends are counted",
        "n": "starts of the kind",
        "rank": "of the attractor, by the starts of the kind that end in it",
        "share": "of the starts of the kind that end in it: the size of its basin",
        "period": "of its cycle; 1: fixed point",
        "nearest_train, nearest_test": "overlap of the state with the nearest example",
        "row, column": "of the pixel",
        "value": "spin",
    },
    one_rule=True,
    needs=frozenset({"image_shape", "test"}),
    spins=frozenset({"ising"}),
    gallery=Gallery(
        leaf=("start", "alpha", "rank"),
        told=("share", "share_sem", "period", "nearest_train", "nearest_test"),
    ),
)
