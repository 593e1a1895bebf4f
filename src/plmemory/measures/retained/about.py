from plmemory.plan.about import Measure, integer, listed

ABOUT = Measure(
    title="retained: overlaps of training patterns and hidden features after a few and many steps",
    needs=frozenset({"densities"}),
    settings={
        "steps": listed(
            "synchronous steps, even",
            "after which states are looked at, ascending",
            {"type": "integer", "minimum": 2, "multipleOf": 2},
        ),
        "starts": integer("states", "at most so many training patterns and features", at_least=1),
    },
)
