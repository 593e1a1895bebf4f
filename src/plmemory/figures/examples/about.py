from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "Examples, original, corrupted and retrieved, from the training and from the test "
        "set, by load."
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
)
