"""Random inputs with the labels of a random teacher, drawn for every load."""

from plmemory.plan.about import DataSet, integer

ABOUT = DataSet(
    title=lambda settings: "random teacher",
    spins="ising",
    settings={"sites": integer("inputs", "N, of a perceptron", at_least=2)},
    sites=lambda settings: settings["sites"],
    pool=False,
    provides=lambda settings: frozenset({"independent", "targets", "teacher"}),
)
