from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, Settings, integer, number
from plmemory.plan.cost import held


def _seconds(settings: Settings, patterns: int, numbers: int) -> float:
    dreams = settings["max_dreams"]
    if settings["duration"] is not None:
        dreams = settings["duration"] * numbers / settings["strength"]
    a_look = 1e-8 * patterns * numbers  # to measure the smallest stability
    return dreams * (a_look / settings["dreams_per_batch"] + 2e-10 * numbers**2)


ABOUT = Rule(
    title="Hebbian unlearning, to the largest smallest stability or for a given time",
    spins=frozenset({"ising"}),
    settings={
        "strength": number(
            "ε", "of one dream: J ← J − ε s sᵀ/N", above=0, default=0.05, symbol=r"\varepsilon"
        ),
        "dreams_per_batch": integer(
            "dreams",
            "between two looks at the stability; ε times this over N must be far below 1",
            at_least=1,
            default=20,
        ),
        "max_dreams": integer(
            "dreams",
            "after which it gives up and the result is marked as not converged",
            at_least=1,
            default=10000,
        ),
        "patience": integer(
            "dreams",
            "without a better smallest stability, after which it ends",
            at_least=1,
            default=500,
        ),
        "duration": number(
            "εD/N",
            "of all D dreams; `null`: to the largest smallest stability",
            above=0,
            null=True,
            default=None,
            symbol=r"\varepsilon D/N",
        ),
    },
    look=lambda settings: Look("unlearning", "#009E73", "v"),
    seconds=_seconds,
    holds=held(36),
)
