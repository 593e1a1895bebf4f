from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, number
from plmemory.plan.cost import held

ABOUT = Rule(
    title="Hebb's tensor rule for tokens that attend to each other",
    spins=frozenset({"vectors"}),
    network="attention",
    settings={
        "inverse_temperature": number(
            "λ", "of the attention; 0: all alike", at_least=0, default=1.0, symbol=r"\lambda"
        ),
        "gamma": number(
            "weight, 0…1", "γ of a token's own state in a step", at_least=0, below=1, default=0.0
        ),
    },
    attributes=lambda settings: {"inverse_temperature": settings["inverse_temperature"]},
    provides=lambda settings: frozenset({"attending"}),
    look=lambda settings: Look("attention, Hebb", "#000000", "s"),
    seconds=lambda settings, patterns, numbers: 1e-7 * patterns * numbers,
    holds=held(4),
)
