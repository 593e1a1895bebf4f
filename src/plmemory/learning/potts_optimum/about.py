from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, boolean, integer, number
from plmemory.plan.cost import held, passes

ABOUT = Rule(
    title="pseudo-likelihood of Potts spins, the regularised optimum",
    spins=frozenset({"potts"}),
    settings={
        "penalty": number(
            "c, of the loss summed over patterns",
            "λ_J = c (N − 1)(q − 1) of the squared couplings and λ_h = c of the squared fields",
            above=0,
            default=0.003,
            symbol="c",
        ),
        "symmetric": boolean("tie J_ij(a, b) = J_ji(b, a)", default=False),
        "tolerance": number(
            "relative", "gradient at which the search ends", above=0, default=2.0e-2
        ),
        "max_iterations": integer(
            "count",
            "after which it gives up and the result is marked as not converged",
            at_least=1,
            default=500,
        ),
        "reweighted": boolean("weigh sequences by how few are like them", default=False),
    },
    needs=lambda settings: frozenset(
        {"states", "weight"} if settings["reweighted"] else {"states"}
    ),
    attributes=lambda settings: {"symmetric": int(settings["symmetric"])},
    rows=lambda settings: not settings["symmetric"],
    combined={
        "objective": "sum",
        "relative_gradient": "max",
        "iterations": "max",
        "evaluations": "mean",
    },
    objective="pseudo-likelihood",
    look=lambda settings: Look("PL", "#0072B2", "o").tied(settings["symmetric"]),
    seconds=passes(lambda settings: settings["max_iterations"] / 50),
    holds=held(60),  # of 21 colours
)
