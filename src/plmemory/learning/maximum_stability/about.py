from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, boolean, integer, number
from plmemory.plan.cost import passes

ABOUT = Rule(
    title="maximum stability, the hard-margin optimum of every site",
    spins=frozenset({"ising"}),
    settings={
        "symmetric": boolean("tie J_ij = J_ji", default=False),
        "gap": number(
            "relative",
            "certified distance of the smallest stability from the largest possible",
            above=0,
            default=1.0e-3,
        ),
        "max_iterations": integer(
            "count",
            "after which it gives up and the result is marked as not converged",
            at_least=1,
            default=20000,
        ),
    },
    provides=lambda settings: frozenset({"norm"}),
    objective="pseudo-likelihood at infinite norm",
    rows=lambda settings: not settings["symmetric"],
    shares=lambda settings: True,
    combined={
        "smallest_stability": "min",
        "stability_bound": "smallest_stability",
        "relative_gap": "max",
        "iterations": "max",
        "separable_rows": "sum",
        "inseparable_rows": "sum",
    },
    attributes=lambda settings: {"symmetric": int(settings["symmetric"])},
    look=lambda settings: Look("maximum stability", "#D55E00", "D").tied(settings["symmetric"]),
    seconds=passes(lambda settings: settings["max_iterations"] / 20),
    holds=lambda settings, patterns, numbers, parts: 6 + 6 / parts,
)
