from plmemory.plan.about import Measure, Settings, integer, number
from plmemory.plan.cost import passes, updates


def _seconds(settings: Settings, numbers: int) -> float:
    states = settings["memories"] + settings["random_starts"]
    descent = updates(lambda settings: states * settings["max_steps"])
    eigenvalues = passes(lambda settings: 3 * states)
    return descent(settings, numbers) + eigenvalues(settings, numbers, numbers)


ABOUT = Measure(
    title="curvature of the energy at memories and at minima from random states",
    spins=frozenset({"vectors"}),
    settings={
        "max_steps": integer("synchronous steps", "to a minimum", at_least=1),
        "memories": integer("states", "started on a pattern, per replicate", at_least=1),
        "random_starts": integer("states", "per replicate", at_least=0),
        "kept_overlap": number(
            "overlap, 0…1",
            "final overlap from which a state counts as a memory",
            at_least=0,
            at_most=1,
        ),
    },
    seconds=_seconds,
)
