from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, Settings, number
from plmemory.plan.cost import passes


def _holds(settings: Settings, patterns: int, sites: int, parts: int) -> float:
    """Of few patterns a basis and the Gram matrix, of many the spectrum of correlations."""
    return 24 + 32 * patterns / sites if patterns < sites else 12 * sites / patterns


ABOUT = Rule(
    title="dreaming, from Hebb's rule to the pseudo-inverse",
    spins=frozenset({"ising"}),
    settings={
        "dreaming_time": number(
            "t",
            "0: Hebb's rule; to infinity: the pseudo-inverse",
            at_least=0,
            default=8.0,
            symbol="t",
        ),
    },
    attributes=lambda settings: {
        "b": float("nan"),
        "l2": 0.0,
        "inverse_temperature": float("nan"),
        "symmetric": 1,
    },
    look=lambda settings: Look("dreaming", "#7B2D8E", "*"),
    seconds=passes(lambda settings: 20),
    holds=_holds,
)
