from plmemory.plan.about import Figure
from plmemory.plan.charts import Gallery

ABOUT = Figure(
    caption=(
        "Final states from noise of each memory, with the training image and the held-out image "
        "nearest to each, by the number of training examples. Denoisers: samples ended at the "
        "smallest noise; networks: where they settle from random states. Below each block the "
        "overlap of the state with its nearest training image; negative where its negative is "
        "nearest, which a network without fields cannot tell from it."
    ),
    see=(
        "With few examples a sample is its nearest training image, with many it is a digit that "
        "is not among them. Compare each sample with the held-out image beside it."
    ),
    inputs=("memorisation",),
    row="pixel",
    columns={
        "memory": "the rule that made it",
        "K": "training examples",
        "image": "sample, train, heldout",
        "example": "number",
        "row, column": "of the pixel",
        "value": "pixel, ±1",
    },
    needs=frozenset({"image_shape"}),
    spins=frozenset({"ising"}),
    gallery=Gallery(("memory", "K", "example"), beside="image"),
)
