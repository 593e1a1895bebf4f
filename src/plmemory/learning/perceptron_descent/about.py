from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, integer, number
from plmemory.plan.cost import held

ABOUT = Rule(
    title="pseudo-likelihood of a perceptron by gradient descent, whose norm grows freely",
    spins=frozenset({"ising"}),
    settings={
        "smallest_norm": number("λ = |w|/√N", "at which it is looked at", above=0, default=0.01),
        "largest_norm": number("λ/α", "at which it ends, over the load", above=0, default=4.0),
        "norms": integer("count", "at which it is looked at, log-spaced", at_least=2, default=16),
        "growth": number(
            "of the norm, relative", "in a step, at most", above=0, at_most=0.5, default=0.05
        ),
        "max_steps": integer(
            "count",
            "after which it gives up and the result is marked as not converged",
            at_least=1,
            default=5000,
        ),
    },
    needs=lambda settings: frozenset({"targets"}),
    provides=lambda settings: frozenset({"weights"}),
    couplings=False,
    look=lambda settings: Look("free norm: descent", "#CC79A7", "s", "--", True),
    seconds=lambda settings, patterns, numbers: 1e-6 * patterns * numbers,
    holds=held(17),
)
