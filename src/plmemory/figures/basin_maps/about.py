from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Basins of training and of unseen examples: overlap with the example after the dynamics, "
        "against the initial overlap; a panel a load. The thin diagonal is a map that changes "
        "nothing; grey levels are null models, the overlap of an unseen example with its nearest "
        "training example and with the consensus of these."
    ),
    see=(
        "Above the diagonal the dynamics cleans a corrupted example up, below it the "
        "dynamics carries the state away. Where the curves of training and unseen examples "
        "part, the network remembers what it was shown; where they coincide, it treats "
        "both alike."
    ),
    inputs=("completion",),
    row="rule, load, kind of example, initial overlap",
    columns={
        "dataset": "its name",
        "P": "training patterns",
        "start": "train, test: which examples the starts are corrupted from",
        "asked_overlap": "initial overlap of the configuration",
        "initial_overlap": "of the starts with their examples, as near to it as N sites allow",
        "final_overlap": "of the final state with the example",
        "at_train_share": (
            "of the ends that have an overlap of 0.95 at least with a training example; of spins "
            "with it or its negative"
        ),
        "nearest_train_overlap, consensus_overlap": (
            "null models: of the unseen example itself with its nearest training example, and with "
            "the consensus of these"
        ),
        "at_train_share_of_examples": "null model: of the unseen examples themselves",
        "draws": "of the training examples",
        "n": "starts",
    },
    needs=frozenset({"test"}),
    charts=(
        Chart(
            "initial_overlap",
            ("final_overlap", "at_train_share"),
            by=("rule", "start"),
            panels=("alpha",),
        ),
    ),
)
