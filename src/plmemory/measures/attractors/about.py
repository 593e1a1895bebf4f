from plmemory.plan.about import Measure, Settings, integer, number
from plmemory.plan.cost import sweeps, updates


def _seconds(settings: Settings, numbers: int) -> float:
    states = 3 * settings["starts"] + settings["random_starts"]
    synchronous = updates(lambda settings: states * settings["max_steps"])
    sequential = sweeps(lambda settings: 40 * settings["sequential_starts"])  # 2 x 20 sweeps
    return synchronous(settings, numbers) + sequential(settings, numbers)


ABOUT = Measure(
    title="attractor search: where training, test, corrupted and random starts end",
    discrete=True,  # the catalogue must distinguish states
    needs=frozenset({"test"}),
    settings={
        "max_steps": integer(
            "synchronous steps, even",
            "longest history; even, see docs/method.md",
            at_least=2,
            multiple_of=2,
        ),
        "further_steps": integer(
            "synchronous steps, even",
            "more steps for states that still move, to their attractors",
            at_least=0,
            multiple_of=2,
        ),
        "starts": integer(
            "states", "at most so many training, test and corrupted starts each", at_least=1
        ),
        "random_starts": integer("states", "random starts per replicate", at_least=1),
        "corrupted_overlap": number(
            "overlap, 0…1",
            "of the corrupted starts with their training patterns",
            at_least=0,
            at_most=1,
        ),
        "sequential_starts": integer(
            "states",
            "test starts also followed by sequential dynamics, in two random orders",
            at_least=0,
        ),
    },
    seconds=_seconds,
)
