"""Independent clocks with three positions, for the test that a new thing is one folder."""

from plmemory.plan.about import DataSet, integer

ABOUT = DataSet(
    spins="clock",
    settings={"sites": integer("clocks", "N", at_least=2)},
    sites=lambda settings: settings["sites"],
    available=lambda settings: 40,
    provides=lambda settings: frozenset({"test"}),
)
