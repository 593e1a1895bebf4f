from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, integer, number
from plmemory.plan.cost import held, passes

ABOUT = Rule(
    title="soft margin: a support vector machine with slack at every site",
    spins=frozenset({"ising"}),
    settings={
        "margin": number(
            "κ, a stability", "asked of all patterns", above=0, default=1.3, symbol=r"\kappa"
        ),
        "gap": number(
            "relative",
            "certified distance of the loss of a row from the smallest possible",
            above=0,
            below=1,
            default=1.0e-6,
        ),
        "max_iterations": integer(
            "count",
            "after which it gives up and the result is marked as not converged",
            at_least=1,
            default=2000,
        ),
    },
    attributes=lambda settings: {
        "b": float("nan"),
        "l2": 0.0,
        "inverse_temperature": float("nan"),
        "symmetric": 0,
    },
    look=lambda settings: Look("soft margin", "#8C6D31", "p"),
    seconds=passes(lambda settings: settings["max_iterations"] / 10),
    holds=held(19),
)
