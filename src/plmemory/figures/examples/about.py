from plmemory.plan.about import Figure
from plmemory.plan.charts import Gallery

ABOUT = Figure(
    caption=(
        "Examples, original, corrupted and retrieved, from the training and from the test "
        "set, by load."
    ),
    see=(
        "At small load a corrupted training image comes back as it was, and a test image "
        "turns into something else. At large load both come back as smoothed images of "
        "their kind, and neither comes back exactly."
    ),
    inputs=("examples",),
    row="pixel",
    columns={
        "set": "train, test",
        "example": "number",
        "label": "of the example, −1 if it has none",
        "stage": "original, corrupted, retrieved",
        "row, column": "of the pixel",
        "value": "spin",
    },
    one_rule=True,
    needs=frozenset({"image_shape", "test"}),
    spins=frozenset({"ising"}),
    gallery=Gallery(leaf=("set", "alpha", "example"), beside="stage", told=("label",)),
)
