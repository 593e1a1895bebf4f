from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "Overlaps between the training examples, of all pairs and of pairs of one label, "
        "beside published statistics."
    ),
    inputs=("data",),
    row="statistic",
    columns={
        "quantity": (
            "mean_pair_overlap, class_overlap, pair_overlap_density, within_class_overlap_density"
        ),
        "label_a, label_b": "labels of the two examples",
        "bin_left, bin_right": "of a density",
        "value": "of the statistic",
        "tolerance": "of published values",
        "dataset": "its name",
    },
    rules=False,
    needs=frozenset({"labels"}),
    spins=frozenset({"ising"}),
)
