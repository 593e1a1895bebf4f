from plmemory.plan.about import Measure, integer, listed
from plmemory.plan.cost import updates

ABOUT = Measure(
    title="completion: where corrupted training and unseen examples end",
    needs=frozenset({"test"}),
    settings={
        "max_steps": integer(
            "synchronous steps, even", "longest history", at_least=2, multiple_of=2
        ),
        "initial_overlaps": listed(
            "overlaps, 0…1",
            "of the starts with their examples; 1: the examples themselves",
            {"type": "number", "minimum": 0, "maximum": 1},
        ),
        "starts": integer(
            "examples", "at most so many training and unseen ones each, per replicate", at_least=1
        ),
    },
    seconds=updates(
        lambda settings: (
            2 * settings["starts"] * len(settings["initial_overlaps"]) * settings["max_steps"]
        )
    ),
)
