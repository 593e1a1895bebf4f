from plmemory.figures.shared.look import Look
from plmemory.plan.about import Rule
from plmemory.plan.cost import held, passes

ABOUT = Rule(
    title="Storkey's rule",
    spins=frozenset({"ising"}),
    settings={},
    look=lambda settings: Look("Storkey", "#CC79A7", "P"),
    seconds=passes(lambda settings: 20),
    holds=held(20),
)
