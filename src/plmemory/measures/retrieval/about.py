from plmemory.plan.about import Measure, integer, listed
from plmemory.plan.cost import updates

ABOUT = Measure(
    title="retrieval maps: where patterns corrupted to every initial overlap end",
    spins=frozenset({"ising"}),
    settings={
        "max_steps": integer(
            "synchronous steps, even", "longest history", at_least=2, multiple_of=2
        ),
        "initial_overlaps": listed(
            "overlaps, 0…1",
            "points of the map",
            {"type": "number", "minimum": 0, "maximum": 1},
            at_least=2,
        ),
        "patterns": integer("count", "training patterns started from, per replicate", at_least=1),
    },
    seconds=updates(
        lambda settings: (
            len(settings["initial_overlaps"]) * settings["patterns"] * settings["max_steps"]
        )
    ),
)
