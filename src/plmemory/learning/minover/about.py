from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, integer, number
from plmemory.plan.cost import held, passes

ABOUT = Rule(
    title="minover: always learns the least stable pattern",
    spins=frozenset({"ising"}),
    settings={
        "target_field": number(
            "c",
            "smallest field at which a row is done; to infinity: maximum stability",
            above=0,
            default=10.0,
            symbol="c",
        ),
        "max_updates": integer(
            "updates",
            "after which it gives up and the result is marked as not converged",
            at_least=1,
            default=1000000,
        ),
    },
    attributes=lambda settings: {
        "b": float("nan"),
        "l2": 0.0,
        "inverse_temperature": float("nan"),
        "symmetric": 0,
    },
    look=lambda settings: Look("minover", "#CC6677", "<"),
    seconds=passes(lambda settings: settings["max_updates"] / 1000),
    holds=held(12),
)
