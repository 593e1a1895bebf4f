from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, integer, number
from plmemory.plan.cost import held

ABOUT = Rule(
    title="pseudo-likelihood of a perceptron, the optima at fixed norms",
    spins=frozenset({"ising"}),
    settings={
        "smallest_norm": number("λ = |w|/√N", "of the path", above=0, default=0.01),
        "largest_norm": number("λ/α", "of the path, over the load", above=0, default=4.0),
        "norms": integer("count", "of the path, log-spaced", at_least=2, default=16),
        "tolerance": number(
            "relative", "gradient at which the search ends", above=0, default=1.0e-4
        ),
        "max_iterations": integer(
            "count",
            "at a norm, after which it gives up and the result is marked as not converged",
            at_least=1,
            default=2000,
        ),
    },
    needs=lambda settings: frozenset({"targets"}),
    provides=lambda settings: frozenset({"weights"}),
    couplings=False,
    look=lambda settings: Look("fixed norm", "#1A66A8"),
    seconds=lambda settings, patterns, numbers: 2e-8 * settings["norms"] * patterns * numbers,
    holds=held(17),
)
