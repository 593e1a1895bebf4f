from plmemory.errors import InputError
from plmemory.plan.about import Measure, Settings, integer, listed
from plmemory.plan.cost import updates


def _check(settings: Settings) -> None:
    steps, longest = settings["steps"], settings["max_steps"]
    if not steps < longest:
        raise InputError(f"max_steps: found {longest}, expected more than the {steps} steps")


ABOUT = Measure(
    title="retrieval step by step, and the map of one step iterated",
    spins=frozenset({"ising"}),
    check=_check,
    settings={
        "steps": integer("synchronous steps", "looked at one by one", at_least=2),
        "max_steps": integer(
            "synchronous steps, even", "longest history", at_least=2, multiple_of=2
        ),
        "initial_overlaps": listed(
            "overlaps, 0…1",
            "of the starts with their patterns",
            {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
            at_least=2,
        ),
        "starts": integer(
            "count", "of every replicate, from its training patterns in turn", at_least=2
        ),
    },
    seconds=updates(
        lambda settings: (
            len(settings["initial_overlaps"])
            * settings["starts"]
            * (settings["steps"] + settings["max_steps"])
        )
    ),
)
