from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Long trainings, epoch by epoch: overlaps kept from training and unseen examples, loss, "
        "norm of the couplings, how far their direction has turned from the start, asymmetry. "
        "Of published data, rings are published values."
    ),
    see=(
        "The overlaps of training and unseen examples rise together while the norm grows; "
        "where they part or fall, longer training costs generalisation. Where rings of published "
        "values lie on the curves, these trainings are the published ones."
    ),
    inputs=("learning_curve",),
    row="run, load, draw, recorded epoch",
    columns={
        "dataset": "its name",
        "run": "the learning rule that was followed",
        "draw": (
            "published: the published choice of training examples, where there is one; own: the "
            "mean over our own"
        ),
        "draws": "number of draws of the examples",
        "epoch": "finished",
        "norm": "‖J‖, Frobenius",
        "distance": "from the start: ‖J₀·‖J‖/‖J₀‖ − J‖/‖J‖, the root of 2 at right angles to it",
        "loss": "mean over patterns and sites",
        "train, test": "final overlap of training and of unseen examples, started on them",
        "asymmetry": "‖J − Jᵀ‖/‖J + Jᵀ‖",
        "source": "ours or published",
        "norm_rounding, …": "of published values: half a unit of the last digit printed",
    },
    rule_needs=frozenset({"snapshots"}),
    charts=(
        Chart(
            "epoch",
            ("train", "test", "norm", "distance", "loss", "asymmetry"),
            by=("run", "source", "draw"),
            log=("epoch", "norm", "loss"),
        ),
    ),
)
