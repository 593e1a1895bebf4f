from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, boolean, integer, number
from plmemory.plan.cost import held, passes

ABOUT = Rule(
    title="pseudo-likelihood of Potts spins by gradient descent, from zero",
    spins=frozenset({"potts"}),
    settings={
        "inverse_temperature": number(
            "λ", "of the pseudo-likelihood", above=0, default=1.0, symbol=r"\lambda"
        ),
        "learning_rate": number("of the mean loss", "step", above=0, default=100.0),
        "epochs": integer("count", "passes through the patterns", at_least=1, default=100),
        "symmetric": boolean("tie J_ij(a, b) = J_ji(b, a)", default=False),
    },
    needs=lambda settings: frozenset({"states"}),
    attributes=lambda settings: {
        "inverse_temperature": settings["inverse_temperature"],
        "symmetric": int(settings["symmetric"]),
    },
    rows=lambda settings: not settings["symmetric"],
    combined={"loss": "mean"},
    objective="pseudo-likelihood",
    look=lambda settings: Look("PL, by descent", "#0072B2", "s").tied(settings["symmetric"]),
    seconds=passes(lambda settings: settings["epochs"] / 10),
    holds=held(60),  # of 21 colours
)
