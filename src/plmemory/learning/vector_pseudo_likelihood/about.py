from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, integer, number
from plmemory.plan.cost import held, passes

ABOUT = Rule(
    title="pseudo-likelihood of vectors by gradient descent, from zero",
    spins=frozenset({"vectors"}),
    settings={
        "inverse_temperature": number(
            "λ", "of the pseudo-likelihood", above=0, default=1.0, symbol=r"\lambda"
        ),
        "learning_rate": number("of the mean loss", "step", above=0, default=100.0),
        "epochs": integer("count", "passes through the patterns", at_least=1, default=200),
    },
    attributes=lambda settings: {"inverse_temperature": settings["inverse_temperature"]},
    look=lambda settings: Look("PL", "#0072B2", "o"),
    seconds=passes(lambda settings: 4 * settings["epochs"]),
    holds=held(57),
)
