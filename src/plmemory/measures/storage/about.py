from plmemory.plan.about import Measure, integer, listed, number

ABOUT = Measure(
    title="how well the training patterns are stored",
    spins=frozenset({"ising"}),
    settings={
        "max_steps": integer(
            "synchronous steps, even", "longest history", at_least=2, multiple_of=2
        ),
        "patterns": integer(
            "count", "training patterns, and random states, followed per replicate", at_least=1
        ),
        "target": number(
            "overlap, 0…1",
            "mean final overlap that defines the critical initial overlap",
            above=0,
            below=1,
        ),
        "stability_range": listed(
            "two stabilities",
            "ends of the histogram of stabilities",
            {"type": "number"},
            at_least=2,
            at_most=2,
        ),
        "stability_bins": integer("count", "of that histogram", at_least=1),
    },
)
