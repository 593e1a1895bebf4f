from plmemory.plan.about import Rule, Settings, integer, number
from plmemory.plan.cost import held


def _seconds(settings: Settings, patterns: int, numbers: int) -> float:
    an_example = 3e-10 * settings["hidden"] * numbers
    a_step = 5e-4
    return settings["epochs"] * patterns * (an_example + a_step / settings["batch_size"])


ABOUT = Rule(
    title="a network of two layers that learns labels by Adam, with its error along its norm",
    spins=frozenset({"ising"}),
    settings={
        "hidden": integer("units", "rectified, between the two layers", at_least=1, default=100),
        "initial_scale": number(
            "factor",
            "of the start, uniform within it over the root of a unit's inputs",
            above=0,
            default=0.1,
        ),
        "learning_rate": number("per step", "of Adam", above=0, default=1.0e-3),
        "epochs": integer("count", "passes through the examples", at_least=1, default=500),
        "batch_size": integer(
            "examples", "of a step; the last of an epoch may be short", at_least=1, default=100
        ),
        "records": integer("steps", "recorded, log-spaced", at_least=2, default=50),
    },
    needs=lambda settings: frozenset({"test", "train_label", "test_label"}),
    provides=lambda settings: frozenset({"clock"}),
    couplings=False,
    seconds=_seconds,
    holds=held(0),
)
