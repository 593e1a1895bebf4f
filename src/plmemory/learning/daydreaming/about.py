from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, integer, number
from plmemory.plan.cost import held

ABOUT = Rule(
    title="daydreaming: learns patterns and unlearns dreams at the same time",
    spins=frozenset({"ising"}),
    settings={
        "tau": number(
            "τ",
            "inverse learning rate: J ← J + (ξ ξᵀ − s sᵀ)/τN",
            above=0,
            default=500.0,
            symbol=r"\tau",
        ),
        "epochs": integer("of N steps", "length of the training", at_least=1, default=400),
        "batch": integer(
            "steps", "from the same couplings; must be far below τ", at_least=1, default=10
        ),
    },
    attributes=lambda settings: {
        "b": float("nan"),
        "l2": 0.0,
        "inverse_temperature": float("nan"),
        "symmetric": 1,
    },
    look=lambda settings: Look("daydreaming", "#B07AA1", "X"),
    seconds=lambda settings, patterns, numbers: 4e-9 * settings["epochs"] * numbers**3,
    holds=held(0),
)
