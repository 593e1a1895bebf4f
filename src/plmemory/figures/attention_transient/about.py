from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Attention trained locally on tokens of images: overlap with the clean image against the "
        "number of synchronous steps t (linear up to 1), started on training and test images as "
        "they are, with components flipped and with tokens masked by random ones (rows), at three "
        "clocks λ‖J_i‖ of the same training (columns). Memories and unseen images are transient. "
        "Random starts, in the top row, show the overlap with the nearest training image or its "
        "negative. Baselines, grey: the overlap with the clean test image of the training image "
        "that is nearest to the start (in the top row to the test image itself), and of the mean "
        "image of training, each token brought back to the sphere."
    ),
    see=(
        "Memories and unseen images alike are transient: corrupted starts come nearer to the "
        "clean image at the first step and leave it afterwards. At a small clock all states "
        "collapse to the mean image, at a large one they freeze; the nearest training image "
        "is a strong baseline."
    ),
    inputs=("transient",),
    row="clock, start, corruption, step; baseline, start, corruption",
    columns={
        "P": "training images",
        "clock": "λ times the mean norm of a row of couplings",
        "start": "train, test; random: overlap with the nearest training image or its negative",
        "corruption": "none, flipped, masked",
        "t": "synchronous steps",
        "overlap": "with the clean image",
        "baseline": (
            "none: of the network; nearest_train, mean_image: of these images with the clean one"
        ),
        "draws": "of the training images",
        "n": "states",
    },
    spins=frozenset({"vectors"}),
    needs=frozenset({"test"}),
    rule_needs=frozenset({"attention"}),
    counts=1,
    charts=(Chart("t", ("overlap",), by=("start", "baseline"), panels=("clock", "corruption")),),
)
