from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "Distributions of the stabilities of stored patterns: symbols are simulations, lines "
        "the exact replica-symmetric theory for an infinite network."
    ),
    inputs=("storage",),
    row="rule, load, bin",
    columns={
        "objective": "of the rule; of a group in the figure",
        "b": "λ‖J_i‖ that was set",
        "stability": "centre of the bin",
        "density": "measured",
        "theory_density": "of the bin",
    },
)
