from plmemory.plan.about import Figure
from plmemory.plan.charts import Chart

ABOUT = Figure(
    caption=(
        "Gradient descent of the pseudo-likelihood follows the optima at fixed norm, from Hebb's "
        "rule towards maximum stability: stabilities and basins against the reduced norm that it "
        "has reached. Lines are descents, symbols optima at their norm, levels maximum stability; "
        "grey is replica-symmetric theory of the optimum at that norm: its mean, the median of the "
        "smallest of N P independent stabilities (of finite networks it lies lower), and the "
        "first-step boundary."
    ),
    see=(
        "A line of descent that runs through the symbols says that training time acts "
        "through the norm alone. The smallest stability rises towards that of maximum "
        "stability, while the basins are widest before the end of the path."
    ),
    inputs=("models", "storage"),
    row="rule, load, recorded epoch; none: the optimum at fixed norm, maximum stability (b = ∞)",
    columns={
        "epoch": "finished",
        "b": "λ‖J_i‖",
        "mean_stability": "over sites and patterns",
        "min_stability": "smallest of all sites and patterns",
        "critical_overlap": "initial overlap from which the mean final overlap exceeds 0.95",
        "half_overlap": "the same for half of the starts ending above 0.95",
        "mean_stability_theory": "of the optimum at that b",
        "min_stability_theory": "median of the smallest of N P independent stabilities",
        "half_overlap_theory": "first step",
        "margin_theory": "Gardner's, the largest possible smallest stability, N to infinity",
    },
    rule_needs=frozenset({"norm"}),
    charts=(
        Chart(
            "b",
            ("mean_stability", "min_stability", "half_overlap"),
            by=("rule", "alpha"),
            theory={
                "mean_stability": "mean_stability_theory",
                "min_stability": "min_stability_theory",
                "half_overlap": "half_overlap_theory",
            },
            log=("b",),
        ),
    ),
)
