from plmemory.plan.about import Figure, listed

ABOUT = Figure(
    caption=(
        "Overlap kept by the zero-temperature dynamics when started on training examples, on "
        "unseen examples and on random states, against the load. Rings are published values, thin "
        "lines with open symbols the published draw of training examples; "
        "dotted is the overlap of an unseen example with its nearest training example."
    ),
    inputs=("attractors",),
    row="data set, rule, load, start, dynamics, draw",
    columns={
        "dataset": "its name",
        "title": "what it is called",
        "P": "training patterns; inf: the true couplings",
        "start": "train, test, feature, random: what the dynamics starts from",
        "dynamics": "synchronous, sequential",
        "draw": (
            "published: the published choice of training examples, where there is one; own: the "
            "mean over our own"
        ),
        "draws": "number of draws of the examples",
        "overlap": (
            "of the final state with the start; of colours the identity rescaled to 0 at chance"
        ),
        "n": "starts",
        "nearest_train_overlap": (
            "of a test example with its nearest training example, the baseline of generalisation"
        ),
        "source": "ours or published",
        "alpha_D, L, T": "of data sets that have them",
        "identity, identity_sem, nearest_train_identity": "of colours: fraction of equal sites",
        "comparable, tolerance": (
            "of published values: whether the data set is the published one; how far ours may be, "
            "or with a published draw how finely the value was printed"
        ),
    },
    several=True,
    needs=frozenset({"test"}),
    options={
        "dynamics": listed(
            "words",
            "kinds of dynamics that are shown",
            {"enum": ["synchronous", "sequential"]},
            default=["synchronous"],
        )
    },
)
