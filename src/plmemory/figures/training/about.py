from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Gradient descent on the pseudo-likelihood, epoch by epoch: while the loss falls the norm "
        "of the couplings goes on growing, their direction leaves that of Hebb's rule, and what is "
        "retrieved saturates. Lines are means over the replicates; a line style is a load."
    ),
    see=(
        "The loss goes on falling long after the retrieved overlap has stopped rising. "
        "Meanwhile the norm grows and the direction turns away from Hebb's rule: more so "
        "the larger the load."
    ),
    inputs=("models",),
    row="rule, load, recorded epoch",
    columns={
        "epoch": "finished",
        "loss": "mean over patterns and sites",
        "norm": "mean of ‖J_i‖",
        "asymmetry": "‖J − Jᵀ‖/‖J + Jᵀ‖",
        "min_stability": "smallest of all sites and patterns",
        "mean_stability": "over sites and patterns",
        "hebb_distance": "1 − cosine with Hebb's rows",
        "overlap": "retrieved",
        "critical_overlap": "initial overlap from which the mean final overlap exceeds 0.95",
        "half_overlap": "the same for half of the starts ending above 0.95",
        "b": "λ‖J_i‖",
    },
    rule_needs=frozenset({"history"}),
    charts=(
        Chart(
            "epoch",
            ("loss", "norm", "hebb_distance", "overlap"),
            by=("rule", "alpha"),
            log=("epoch", "loss", "norm"),
        ),
    ),
)
