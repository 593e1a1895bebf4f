from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, integer, number
from plmemory.plan.cost import held, passes

ABOUT = Rule(
    title="training with noise: retrieves most in one step from an overlap",
    spins=frozenset({"ising"}),
    settings={
        "training_overlap": number(
            "overlap",
            "of the noisy patterns with the patterns",
            above=0,
            below=1,
            default=0.8,
            symbol="m_t",
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
        "b": float("nan"),
        "l2": 0.0,
        "inverse_temperature": float("nan"),
        "symmetric": 0,
    },
    look=lambda settings: Look("noise training", "#999933", "h"),
    seconds=passes(lambda settings: settings["max_iterations"] / 10),
    holds=held(28),
)
