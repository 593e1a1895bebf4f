from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, integer, number
from plmemory.plan.cost import held, passes

ABOUT = Rule(
    title="perceptron that learns what is not above a margin",
    spins=frozenset({"ising"}),
    settings={
        "margin": number(
            "κ, a stability",
            "that all patterns shall exceed",
            at_least=0,
            default=0.5,
            symbol=r"\kappa",
        ),
        "max_sweeps": integer(
            "sweeps",
            "after which it gives up and the result is marked as not converged",
            at_least=1,
            default=10000,
        ),
    },
    attributes=lambda settings: {
        "b": float("nan"),
        "l2": 0.0,
        "inverse_temperature": float("nan"),
        "symmetric": 0,
    },
    look=lambda settings: Look("perceptron with margin", "#882255", "d"),
    seconds=passes(lambda settings: settings["max_sweeps"] / 10),
    holds=held(25),
)
