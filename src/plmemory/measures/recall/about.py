from plmemory.plan.about import Measure, choice, integer, listed, number
from plmemory.plan.cost import sweeps

ABOUT = Measure(
    title="recall at finite temperature: the overlap that random noise leaves",
    spins=frozenset({"ising"}),
    settings={
        "temperatures": listed(
            "norms of a row, ≥ 0",
            "T; 0 is the deterministic dynamics",
            {"type": "number", "minimum": 0},
        ),
        "order": choice(
            "sites one by one in a random order, or all at once", "sequential", "synchronous"
        ),
        "sweeps": integer("updates of every site", "before the overlap is measured", at_least=1),
        "initial_overlap": number(
            "overlap, 0…1", "of the starts with their patterns", at_least=0, at_most=1
        ),
        "patterns": integer("count", "training patterns started from, per replicate", at_least=1),
    },
    seconds=sweeps(
        lambda settings: len(settings["temperatures"]) * settings["patterns"] * settings["sweeps"]
    ),
)
