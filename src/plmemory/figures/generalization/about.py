from plmemory.plan.about import Figure, listed
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Overlap kept by the zero-temperature dynamics when started on training examples, on "
        "unseen examples and on random states, against the load. Of published data, rings are "
        "published values, thin lines with open symbols the published draw of training examples. "
        "Null models, without symbols: the overlap of an unseen example with its nearest training "
        "example (of spins over those and their negatives), with their consensus, and, as chance, "
        "with the end of another unseen example."
    ),
    see=(
        "The network generalises where the test curve lies above the dotted null model: "
        "there an unseen example is kept better than by its nearest training example. "
        "Training starts fall from perfect memory as the load grows, while test starts "
        "rise to meet them."
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
        "unmoved_fraction": (
            "of the starts that are fixed points: a map that changes nothing keeps all of them"
        ),
        "nearest_train_overlap": (
            "null model: of a test example with its nearest training example; of spins over those "
            "and their negatives, which a network without fields cannot tell apart"
        ),
        "consensus_overlap": (
            "null model: of a test example with the consensus (of spins or its negative), at each "
            "site the most frequent value of the training examples"
        ),
        "above_nearest": (
            "overlap less that with the nearest training example, from test start to test start"
        ),
        "exchanged_overlap": "chance: of a test example with the end of another test example",
        "source": "ours or published",
        "alpha_D, L, T": "of data sets that have them",
        "identity, identity_sem, nearest_train_identity, …": "of colours: fraction of equal sites",
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
    charts=(
        Chart(
            "alpha",
            ("overlap",),
            by=("start", "dynamics", "source", "draw"),
            panels=("title", "rule"),
            log=("alpha",),
        ),
    ),
)
