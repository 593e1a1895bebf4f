from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, Settings, integer, number
from plmemory.plan.cost import held


def _seconds(settings: Settings, patterns: int, numbers: int) -> float:
    return 2e-11 * settings["max_iterations"] * patterns * numbers


ABOUT = Rule(
    title="maximum stability of a perceptron: the hard margin",
    spins=frozenset({"ising"}),
    settings={
        "gap": number(
            "relative",
            "certified distance of the smallest stability from the largest possible",
            above=0,
            below=1,
            default=1.0e-3,
        ),
        "max_iterations": integer(
            "count",
            "after which it gives up and the result is marked as not converged",
            at_least=1,
            default=20000,
        ),
    },
    needs=lambda settings: frozenset({"targets"}),
    provides=lambda settings: frozenset({"weights"}),
    couplings=False,
    look=lambda settings: Look("maximum stability", "#D55E00", "D"),
    seconds=_seconds,
    holds=held(54),
)
