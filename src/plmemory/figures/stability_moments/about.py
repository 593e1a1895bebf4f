from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "Mean, width and smallest value of the stabilities against the load, with the exact "
        "theory, and the deviation of the simulation from it."
    ),
    inputs=("storage",),
    row="rule, load",
    columns={
        "b": "λ‖J_i‖ that was set",
        "mean": "over sites and patterns",
        "std": "over the patterns of a row",
        "min": "smallest",
        "theory_mean": "exact",
        "theory_std": "exact",
    },
)
