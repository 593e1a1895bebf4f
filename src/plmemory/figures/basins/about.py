from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "Basins of attraction: the smallest initial overlap from which the mean final overlap"
        " exceeds 0.95, by learning rule and load (lower is wider), and the margin to the "
        "best pseudo-likelihood. Dotted lines are first-step theory, a lower bound."
    ),
    inputs=("storage",),
    row="rule, load",
    columns={
        "b": "λ‖J_i‖ that was set",
        "critical_overlap": (
            "smallest initial overlap from which the mean final overlap exceeds 0.95, NaN "
            "where a replicate has none"
        ),
        "excess": "over the lowest pseudo-likelihood at the load, replicate by replicate",
        "first_step_theory": "the same from the one-step map, iterated",
    },
)
