from plmemory.figures.shared.kinds import COLUMNS
from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Denoisers and networks as memories, by one measurement, against the number of training "
        "examples: fractions of final states that are memorised (a training example is near), "
        "spurious (none is, but another final state) and generalised (neither), and the overlap "
        "with the nearest held-out image. Denoisers: samples from noise, ended at the smallest "
        "noise; networks: where they settle from random images, noisy unseen images, and unseen "
        "images; attention learns tokens of the same images. Broken black lines: as many real "
        "images, as if they were final states; they are none of those held out. The spurious "
        "fraction depends on the number S of final states, which the legend tells."
    ),
    see=(
        "The fractions tell of every memory how often a final state is an example, a state "
        "that several starts share, or neither. The last row tells whether "
        "what is neither looks like an unseen image or is rubbish."
    ),
    inputs=("memorisation",),
    row="memory, start, number of examples",
    columns=COLUMNS,
    several=True,
    charts=(
        Chart(
            "K",
            ("memorised", "spurious", "generalised", "nearest_heldout"),
            by=("start",),
            panels=("memory",),
            log=("K",),
        ),
    ),
)
