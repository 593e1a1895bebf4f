from plmemory.figures.shared.kinds import COLUMNS
from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "Memorised, spurious and generalised final states against the number of training examples. "
        "By distance, as published: memorised is what has a training example near, spurious what "
        "has none but another final state, generalised what has neither, which includes rubbish: "
        "therefore every panel shows the overlap with the nearest held-out image beside that of "
        "real images, and dotted the fraction of real unseen images that the rule calls memorised. "
        "By weight, for attractors of the exact denoiser: memorised where one example has more "
        "than half of the weight, spurious where several starts share the attractor. Denoisers: "
        "samples from noise that end at noise σ, and attractors at a fixed σ, found from unseen "
        "images with that noise; networks: where they settle. The spurious fraction depends on "
        "the number S of final states, which the legend tells."
    ),
    inputs=("memorisation",),
    row="memory, kind of final states, criterion, number of examples",
    columns=COLUMNS,
    several=True,
)
