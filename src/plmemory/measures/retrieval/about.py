from plmemory.plan.about import Measure, integer, listed

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
)
