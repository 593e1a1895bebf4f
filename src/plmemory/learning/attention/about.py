from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule, Settings, boolean, integer, number
from plmemory.plan.cost import held


def _seconds(settings: Settings, patterns: int, numbers: int) -> float:
    # Measured: growth slows down from one a step to a third of it.
    steps = min(50 + 1.5 * settings["clock"], settings["epochs"] * patterns)
    dearer = 15 if settings["normalised"] else 1
    return 2e-9 * dearer * steps * settings["batch_size"] * numbers**2


ABOUT = Rule(
    title="local energies of attention by gradient descent, from zero to a norm",
    spins=frozenset({"vectors"}),
    network="attention",
    settings={
        "clock": number(
            "λ‖J_i‖",
            "of the mean row, at which training ends",
            above=0,
            default=10.0,
            symbol=r"\lambda\|J_i\|",
        ),
        "inverse_temperature": number(
            "λ", "of the attention, with the learning rate one parameter", above=0, default=1.0
        ),
        "learning_rate": number("of the mean over a batch", "step", above=0, default=4.0),
        "batch_size": integer("patterns", "of a step", at_least=1, default=100),
        "epochs": integer("count", "passes after which it gives up", at_least=1, default=1000),
        "normalised": boolean(
            "with the normaliser of the local probabilities, of which the energies are a part",
            default=False,
        ),
        "gamma": number(
            "weight, 0…1", "γ of a token's own state in a step", at_least=0, below=1, default=0.0
        ),
    },
    attributes=lambda settings: {"inverse_temperature": settings["inverse_temperature"]},
    provides=lambda settings: frozenset({"attention"}),
    look=lambda settings: Look("attention", "#CC79A7", "^"),
    seconds=_seconds,
    holds=held(0),
)
