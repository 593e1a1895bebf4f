from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, integer, number
from plmemory.plan.cost import held, passes

ABOUT = Rule(
    title="minimum probability flow at fixed norm",
    spins=frozenset({"ising"}),
    settings={
        "scaled_norm": number(
            "b = β|J_i|",
            "fixed norm of a row; 0: Hebb's rule; to infinity: maximum stability",
            above=0,
            default=3.0,
            symbol="b",
        ),
        "tolerance": number(
            "relative", "gradient at which the search ends", above=0, default=1.0e-4
        ),
        "max_iterations": integer(
            "count",
            "after which it gives up and the result is marked as not converged",
            at_least=1,
            default=2000,
        ),
    },
    attributes=lambda settings: {
        "b": settings["scaled_norm"],
        "l2": 0.0,
        "inverse_temperature": float("nan"),
        "symmetric": 0,
    },
    look=lambda settings: Look("probability flow", "#6699CC", "H"),
    seconds=passes(lambda settings: settings["max_iterations"] / 10),
    holds=held(20),
)
