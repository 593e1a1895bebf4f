from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "Gradient descent on the pseudo-likelihood, epoch by epoch: loss, norm of the "
        "couplings, asymmetry, smallest stability, distance to Hebb's direction and retrieved"
        " overlap. Below, the same training along the reduced norm that it has reached, with "
        "the optima at fixed norm (symbols), their exact theory, and maximum stability, to "
        "which they lead."
    ),
    inputs=("models", "storage"),
    row="rule, load, recorded epoch; none: the optimum at fixed norm, maximum stability (b = ∞)",
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
        "mean_stability_theory": "of the optimum at that b",
        "half_overlap_theory": "first step",
        "margin_theory": "Gardner's",
    },
    rule_needs=frozenset({"norm"}),
)
