from plmemory.plan.about import Measure, integer, listed
from plmemory.plan.cost import updates

ABOUT = Measure(
    title="learning curve: what the couplings do on their way, and where examples end by then",
    spins=frozenset({"ising"}),
    needs=frozenset({"test"}),
    settings={
        "max_steps": integer(
            "synchronous steps, even", "longest history", at_least=2, multiple_of=2
        ),
        "starts": integer(
            "states", "at most so many training and test starts, per replicate", at_least=1
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
    seconds=updates(lambda settings: 40 * settings["starts"] * settings["max_steps"]),
)
