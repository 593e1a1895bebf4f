from plmemory.plan.about import Measure, integer, listed
from plmemory.plan.cost import updates

ABOUT = Measure(
    title="retained: overlaps of training, unseen patterns and features after some steps",
    needs=frozenset({"densities"}),
    settings={
        "steps": listed(
            "synchronous steps, even",
            "after which states are looked at, ascending",
            {"type": "integer", "minimum": 2, "multipleOf": 2},
        ),
        "starts": integer("states", "at most so many of each kind, per replicate", at_least=1),
    },
    seconds=updates(lambda settings: 4 * settings["starts"] * sum(settings["steps"])),
)
