"""Independent unbiased spins, drawn for every load."""

from plmemory.plan.about import DataSet, integer

ABOUT = DataSet(
    title=lambda settings: "random patterns",
    spins="ising",
    settings={"sites": integer("spins", "N", at_least=2)},
    sites=lambda settings: settings["sites"],
    pool=False,
    provides=lambda settings: frozenset({"independent"}),  # as assumed in theory
)
