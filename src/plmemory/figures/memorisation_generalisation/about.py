from plmemory.figures.shared.kinds import COLUMNS
from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "Memories of today and of old by one measurement, against the number of training examples: "
        "fractions of final states that are memorised (a training example is near), spurious (none "
        "is, but another final state) and generalised (neither), and the overlap with the nearest "
        "held-out image. Denoisers: samples from noise, ended at the smallest noise; networks: "
        "where they settle from random states, noisy unseen images, and unseen images. Broken "
        "line: real images, which are none of those held out; dotted: the fraction of them that "
        "the rule calls memorised. The spurious fraction depends on the number S of final states, "
        "which the legend tells."
    ),
    inputs=("memorisation",),
    row="memory, start, number of examples",
    columns=COLUMNS,
    several=True,
)
