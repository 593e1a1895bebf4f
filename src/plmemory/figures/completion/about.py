from plmemory.plan.about import Figure, listed

ABOUT = Figure(
    caption=(
        "Completion of unseen examples: overlap with an unseen example after the dynamics started "
        "on it, corrupted to initial overlaps m₀ (1: itself), against the load; short lines at the "
        "left are m₀, which a map that changes nothing keeps. Right: the share of these ends that "
        "are a training example. Null models, grey: the overlap of the unseen example itself with "
        "its nearest training example and with their consensus, and the share of unseen examples "
        "that are themselves as near to a training example."
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
    options={
        "initial_overlaps": listed(
            "overlaps, 0…1",
            "that are shown, among those of the measure",
            {"type": "number", "minimum": 0, "maximum": 1},
            at_most=6,
            default=[0.5, 0.7, 0.8, 0.9, 1.0],
        )
    },
)
