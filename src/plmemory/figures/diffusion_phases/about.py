from plmemory.figures.shared.kinds import COLUMNS
from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Memorised, spurious and generalised final states against the number of training examples. "
        "By distance, as published: memorised is what has a training example near, spurious what "
        "has none but another final state, generalised what has neither. That includes rubbish, so "
        "every panel shows the overlap with the nearest held-out image beside that of real images "
        "and, dotted, what the rule by distance calls as many real unseen images. A perfect "
        "generator would have the dotted fractions. "
        "By weight, for attractors of the exact denoiser: memorised where one example has more "
        "than half of the weight, spurious where several starts share the attractor. Denoisers: "
        "samples from noise that end at noise σ, and attractors at a fixed σ, found from unseen "
        "images with that noise; networks: where they settle, attention on tokens of the same "
        "images. The spurious fraction depends on the number S of final states, which the legend "
        "tells."
    ),
    see=(
        "The exact denoiser memorises at every number of examples when it stops at small "
        "noise. A trained one passes from memorised to generalised, with spurious states "
        "between; look at the overlap with held-out images before calling anything "
        "generalised."
    ),
    inputs=("memorisation",),
    row="memory, kind of final states, criterion, number of examples",
    columns=COLUMNS,
    several=True,
    charts=(
        Chart(
            "K",
            ("memorised", "spurious", "generalised", "nearest_heldout"),
            by=("start", "sigma", "criterion"),
            panels=("memory", "dynamics"),
            log=("K",),
        ),
    ),
)
