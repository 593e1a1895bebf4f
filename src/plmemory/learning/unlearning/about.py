from plmemory.plan.about import Rule, integer, number

ABOUT = Rule(
    title="Hebbian unlearning (dreaming), to the largest smallest stability",
    spins=frozenset({"ising"}),
    settings={
        "strength": number("ε", "of one dream: J ← J − ε s sᵀ/N", above=0, default=0.05),
        "dreams_per_batch": integer(
            "dreams",
            "between two looks at the stability; ε times this over N must be far below 1",
            at_least=1,
            default=20,
        ),
        "max_dreams": integer(
            "dreams",
            "after which it gives up and the result is marked as not converged",
            at_least=1,
            default=10000,
        ),
        "patience": integer(
            "dreams",
            "without a better smallest stability, after which it ends",
            at_least=1,
            default=500,
        ),
    },
)
