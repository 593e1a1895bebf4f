from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, integer, listed, number
from plmemory.plan.cost import held, passes

ABOUT = Rule(
    title="pseudo-likelihood, the optimum with L2 chosen by cross-validation",
    look=lambda settings: Look(r"PL optimum, $L_2$ cross-validated", "#08306B", "s"),
    spins=frozenset({"ising"}),
    settings={
        "strengths": listed(
            "weights",
            "of |J_i|²/2 in the loss summed over the patterns, of which one is chosen",
            {"type": "number", "exclusiveMinimum": 0},
            default=[4.0, 16.0, 64.0, 256.0],
        ),
        "folds": integer(
            "count", "parts of the patterns, each once left out", at_least=2, default=3
        ),
        "inverse_temperature": number("λ", "of the pseudo-likelihood", above=0, default=1.0),
        "tolerance": number(
            "relative", "gradient at which the search ends", above=0, default=1.0e-2
        ),
        "max_iterations": integer(
            "count",
            "after which it gives up and the result is marked as not converged",
            at_least=1,
            default=2000,
        ),
    },
    exists=lambda patterns, sites, components: patterns > 1,
    attributes=lambda settings: {"inverse_temperature": settings["inverse_temperature"]},
    objective="pseudo-likelihood",
    seconds=passes(lambda settings: 50 * len(settings["strengths"]) * settings["folds"]),
    holds=held(26),
)
