from plmemory.plan.about import Measure, integer, listed

ABOUT = Measure(
    title="weight of the right pattern among all, where pixels are turned over",
    part="weights",
    settings={
        "initial_overlaps": listed(
            "overlaps, between 0 and 1",
            "with the right pattern",
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        ),
        "starts": integer("states", "at each overlap, per replicate", at_least=1),
    },
    seconds=lambda settings, numbers: (
        5e-5 * len(settings["initial_overlaps"]) * settings["starts"] * numbers
    ),
)
