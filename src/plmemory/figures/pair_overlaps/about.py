from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Overlaps between the training examples, of all pairs and of pairs of one label, "
        "beside published statistics."
    ),
    see=(
        "Two examples of one label are more alike than two of any labels, and some labels are "
        "alike among themselves far more than others. Our statistics lie on the published ones, "
        "so both start from the same examples."
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
        "source": "ours or published",
        "tolerance": "of published values",
        "dataset": "its name",
    },
    rules=False,
    needs=frozenset({"labels"}),
    spins=frozenset({"ising"}),
    charts=(
        Chart(
            "bin_left",
            ("value",),
            by=("quantity", "source"),
            where={"quantity": ("pair_overlap_density", "within_class_overlap_density")},
        ),
    ),
)
