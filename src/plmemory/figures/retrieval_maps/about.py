from plmemory.plan.about import Figure

ABOUT = Figure(
    caption=(
        "Retrieval maps. Overlap with the stored pattern after zero-temperature dynamics "
        "(top) and after one synchronous step (bottom), against the initial overlap; a panel "
        "per load. Symbols are simulations, lines the "
        "exact one-step theory."
    ),
    inputs=("retrieval",),
    row="rule, load, initial overlap",
    columns={
        "initial_overlap": "after corruption",
        "final_overlap": "with the pattern, after the dynamics",
        "one_step_overlap": "after the first step",
        "one_step_theory": (
            "exact where the stability distribution is known, else from the measured stabilities"
        ),
    },
)
