from plmemory.plan.about import Figure, integer
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Attention trained locally on tokens of images, against the number of training images: "
        "above, the largest mean overlap with the clean image within the first steps, below, that "
        "after the last step, started on training and test images as they are, with components "
        "flipped and with tokens masked (columns). Random starts, at the left, show the overlap "
        "with the nearest training image or its negative. Baselines, grey: the overlap with the "
        "clean test image of the training image that is nearest to the start, and of the mean "
        "training image, each token brought back to the sphere."
    ),
    see=(
        "With few training images the network keeps them better than unseen ones; with many "
        "the two cannot be told apart. Compare both with the grey baselines: with many images "
        "the nearest one is as good as the best step."
    ),
    inputs=("transient",),
    row="P, clock, start, corruption",
    columns={
        "P": "training images",
        "clock": "λ times the mean norm of a row of couplings",
        "start": "train, test; random: overlap with the nearest training image or its negative",
        "corruption": "none, flipped, masked",
        "initial": "overlap with the clean image at the start",
        "first_t": "the last of the first steps",
        "peak": "largest mean overlap within the first steps",
        "peak_t": "the step of it",
        "late": "overlap after the last step",
        "late_t": "the last step",
        "nearest_train": "baseline: overlap of the training image nearest to the start",
        "mean_image": "baseline: overlap of the mean training image",
        "draws": "of the training images",
        "n": "states",
    },
    spins=frozenset({"vectors"}),
    needs=frozenset({"test"}),
    rule_needs=frozenset({"attention"}),
    options={
        "first_steps": integer(
            "synchronous steps", "among which the peak is looked for", at_least=1, default=3
        )
    },
    charts=(Chart("P", ("peak", "late"), by=("start",), panels=("corruption",), log=("P",)),),
)
