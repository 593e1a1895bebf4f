"""Independent unit vectors, uniform on the sphere, drawn for every load."""

from plmemory.plan.about import DataSet, integer

ABOUT = DataSet(
    title=lambda settings: rf"$d$ = {settings['dimension']}",
    spins="vectors",
    settings={
        "sites": integer("vectors", "N", at_least=1),
        "dimension": integer("components", "d of a vector; 1: Ising spins", at_least=1),
    },
    sites=lambda settings: settings["sites"],
    components=lambda settings: settings["dimension"],
    pool=False,
    provides=lambda settings: frozenset({"independent"}),  # as assumed in theory
    columns=lambda settings: {"d": settings["dimension"]},
)
