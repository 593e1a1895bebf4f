from plmemory.plan.about import Figure, listed
from plmemory.plan.charts import Chart, Gallery

ABOUT = Figure(
    caption=(
        "What growing norm makes of the couplings: stabilities of the training examples and the "
        "receptive field of the central pixel (its row of the couplings, over its norm), at a few "
        "epochs of a training."
    ),
    see=(
        "As the norm grows the distribution of stabilities moves off zero and narrows. The "
        "field of the central pixel shrinks from a broad patch to its neighbours, with "
        "weights of the other sign around."
    ),
    inputs=("models", "learning_curve"),
    row="run, epoch, bin of the stabilities or pixel",
    columns={
        "run": "the learning rule that was followed",
        "epoch": "finished",
        "norm": "‖J‖, Frobenius",
        "quantity": "density: of the stabilities; coupling: J_ij/‖J_i‖ onto the central pixel i",
        "stability": "centre of the bin",
        "row, column": "of the pixel j",
        "value": "of the quantity",
    },
    needs=frozenset({"image_shape"}),
    rule_needs=frozenset({"snapshots"}),
    spins=frozenset({"ising"}),
    counts=1,
    options={
        "epochs": listed(
            "epochs",
            "that are shown, of those recorded",
            {"type": "integer", "minimum": 0},
            at_most=5,
        )
    },
    charts=(
        Chart(
            "stability",
            ("value",),
            by=("epoch",),
            panels=("run",),
            where={"quantity": ("density",)},
        ),
    ),
    gallery=Gallery(leaf=("run", "epoch"), told=("norm",), where={"quantity": ("coupling",)}),
)
