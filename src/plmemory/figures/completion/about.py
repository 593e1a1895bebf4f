from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Completion of unseen examples: overlap with an unseen example after the dynamics started "
        "on it, corrupted to initial overlaps m₀ of at least 0.5 (1: itself), against the load; "
        "short lines at the left are m₀, which a map that changes nothing keeps. Right: the share "
        "of these ends that are a training example. Null models, grey: the overlap of the unseen "
        "example itself with its nearest training example and with their consensus, and the share "
        "of unseen examples that are themselves as near to a training example."
    ),
    see=(
        "Completion gains where a curve lies above its initial overlap, the short line at "
        "the left, and loses where it lies below. Hold the left panel against the dotted "
        "null model, and the right one against the share that unseen examples have by "
        "themselves: only what exceeds both is generalisation."
    ),
    inputs=("completion",),
    row="rule, load, initial overlap",
    columns={
        "dataset": "its name",
        "P": "training patterns",
        "start": "test: the starts are corrupted from unseen examples",
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
            "alpha",
            ("final_overlap", "at_train_share"),
            by=("rule", "asked_overlap"),
            log=("alpha",),
        ),
    ),
)
