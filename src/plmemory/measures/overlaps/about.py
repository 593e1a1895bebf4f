from plmemory.errors import InputError
from plmemory.plan.about import Measure, Settings, integer, listed
from plmemory.plan.cost import updates


def _check(settings: Settings) -> None:
    if settings["recorded_steps"] > settings["max_steps"]:
        raise InputError(
            f"recorded_steps: found {settings['recorded_steps']}, "
            f"expected at most max_steps = {settings['max_steps']}"
        )


ABOUT = Measure(
    check=_check,
    title="overlaps with the pattern along the dynamics, from every initial overlap",
    settings={
        "max_steps": integer("synchronous steps", "longest history", at_least=1),
        "recorded_steps": integer(
            "synchronous steps", "at the beginning, whose overlaps are kept one by one", at_least=1
        ),
        "initial_overlaps": listed(
            "overlaps, 0…1",
            "of the starts with their patterns",
            {"type": "number", "minimum": 0, "maximum": 1},
        ),
        "patterns": integer("count", "training patterns started from, per replicate", at_least=1),
    },
    seconds=updates(
        lambda settings: (
            len(settings["initial_overlaps"]) * settings["patterns"] * settings["max_steps"]
        )
    ),
)
